import type { ResolvedTable } from '../../config/index.js';
import { rbmConfig } from '../../config/index.js';
import { isEmbedded } from '../../corpora/registry.js';
import type { PreparedExperiment } from '../../pipeline/plan/prepare.js';

/**
 * What a reader of a table must know of where its numbers come from, beyond what the table says itself: corpora that
 * stand in for others, what features were learnt from, the scale, noise and draws, rounds that saw no test data.
 */
export function provenanceNotes(
  table: Pick<ResolvedTable, 'cells'>,
  experiments: readonly PreparedExperiment[],
): string[] {
  const experimentsOf = experiments.map(({ config }) => config.value);
  const stoodInFor = distinct(table.cells.flatMap(({ standIn }) => standIn?.corpus ?? []));
  const pools = experiments.flatMap(({ resolved }) => resolved.clips ?? []);
  const learnt = distinct(
    pools.flatMap(({ sources }) =>
      sources.map(({ source: { name, preset, scale }, makesMfcc }) =>
        // Recordings have all of their speakers, whatever a scale asks of generated ones.
        [
          name,
          preset,
          scale === null || scale === 1 || !isEmbedded({ name }) ? null : `(${scale} of its speakers)`,
          makesMfcc ? '(MFCC of its waveforms)' : null,
        ]
          .filter((part) => part !== null)
          .join(' '),
      ),
    ),
  );
  const leftOut = distinct(pools.flatMap((pool) => pool.leftOut));
  const scales = distinct(experimentsOf.map(({ scale }) => scale)).filter((scale) => scale !== 'paper');
  const noises = distinct(
    experimentsOf.flatMap(({ evaluation: { noise } }) =>
      noise
        ? [
            `${noise.snr} dB, ${noise.draws} draws of the noise a seed, classifier trained on ${noise.training} sound`,
          ]
        : [],
    ),
  );
  return [
    ...stoodInFor.map(
      (name) => `No copy of ${name} was given (--data ${name}=DIR): a generated corpus stands in for it.`,
    ),
    ...(learnt.length > 0 ? [`Features are learnt from the training parts of: ${learnt.join('; ')}.`] : []),
    ...(leftOut.length > 0 ? [`Not there, so not learnt from: ${leftOut.join(', ')}.`] : []),
    ...scales.map(
      (scale) => `Scale '${scale}' (scale=paper is the paper's): ${sizesOf(experiments, scale)}.`,
    ),
    ...noises.map((noise) => `Noisy: ${noise}.`),
    ...(experimentsOf.some(({ evaluation }) => evaluation.protocol === 'train-folds')
      ? ['Cross-validation inside the training part; the test part was not used.']
      : []),
  ];
}

/** Hidden units of the RBMs and epochs of the autoencoders at one scale. */
function sizesOf(experiments: readonly PreparedExperiment[], scale: string): string {
  const at = experiments.filter(({ config }) => config.value.scale === scale);
  const layers = distinct(
    at.flatMap(({ config, resolved }) =>
      [...resolved.modalities.map(({ name }) => name), 'joint', 'shallow'].map(
        (name) => `${name} ${rbmConfig(config.value, name).hidden}`,
      ),
    ),
  );
  const strides = distinct(at.map(({ config }) => String(config.value.front_end.stride))).filter(
    (s) => s !== '1',
  );
  const stride = strides.length > 0 ? [`a window every ${strides.join(' or ')} pictures`] : [];
  return [`hidden units: ${layers.join(', ')}`, ...stride].join('; ');
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)];
