import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AutoencoderStageParameters } from '../../../../src/architectures/pieces/autoencoder.js';
import { availability } from '../../../../src/cli/options/corpora.js';
import { loadTable, type ResolvedTable } from '../../../../src/config/index.js';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { stagesOf } from '../../../../src/pipeline/plan/experiment.js';
import { resolveExperiments } from '../../../../src/pipeline/plan/resolve.js';
import { projectRoot } from '../../../support/mmx.js';
import { hashOf, resolvedOf, withBelow } from '../../../support/stages.js';

const configs = join(projectRoot, 'configs', 'ngiam2011');
const table = (name: string, scale: string): ResolvedTable =>
  loadTable(join(configs, `${name}.yaml`), scale === '' ? [] : [`scale=${scale}`], availability({}));

/** By `row/column`: what a cell is made of, seed 1. */
function stagesOfCells(name: string, scale: string): Map<string, readonly StageSpec[]> {
  const { cells } = table(name, scale);
  const resolved = resolveExperiments(
    cells.map(({ experiment }) => experiment),
    {},
  );
  return new Map(
    cells.map(({ row, column }, index) => {
      const one = resolved[index];
      if (!one) throw new Error('a cell is an experiment');
      return [`${row}/${column}`, withBelow(stagesOf(one, 1).result)];
    }),
  );
}
const hashes = (stages: readonly StageSpec[] | undefined, ...kinds: string[]): string[] =>
  (stages ?? [])
    .filter(({ kind }) => kinds.includes(kind))
    .map(hashOf)
    .sort();

const scales = ['smoke', 'reference', 'paper'];

describe('experiments on different corpora with the same pool', () => {
  it.each(scales)('share all that is learnt without labels (scale %s)', (scale) => {
    const [letters, digits] = [stagesOfCells('table1a', scale), stagesOfCells('table1b', scale)];
    expect([...letters.keys()]).toEqual([...digits.keys()]);
    for (const [cell, stages] of letters) {
      const other = digits.get(cell);
      expect(hashes(stages, 'front-end')).toEqual(hashes(other, 'front-end'));
      expect(hashes(stages, 'rbm', 'autoencoder')).toEqual(hashes(other, 'rbm', 'autoencoder'));
      expect(hashes(stages, 'score')).not.toEqual(hashes(other, 'score'));
    }
    const learnt = hashes(letters.get('bimodal-deep-autoencoder/video'), 'rbm', 'autoencoder');
    expect(learnt).toHaveLength(4); // audio, video, joint; and the autoencoder
  });

  it('choose a sparsity target each for itself, of the same candidates', () => {
    const asked = (preset: string): string => `
corpus: {name: talking-mouth, preset: ${preset}, scale: 0.1}
unlabelled:
  - {name: talking-mouth, preset: letters, scale: 0.1}
  - {name: talking-mouth, preset: digits, scale: 0.1}
architecture: rbm
setting: classic-audio
rbm: {audio: {visible: gaussian, sparsity: {target: [0.01, 0.05]}}, video: {visible: gaussian}}
`;
    const [letters, digits] = ['letters', 'digits'].map((preset) =>
      withBelow(stagesOf(resolvedOf(asked(preset)), 1).result),
    );
    expect(hashes(letters, 'rbm')).toEqual(hashes(digits, 'rbm'));
    expect(hashes(letters, 'rbm')).toHaveLength(2);
    expect(hashes(letters, 'rbm-choice')).not.toEqual(hashes(digits, 'rbm-choice'));
    // The choice sees no test clip.
    const choice = letters?.find(({ kind }) => kind === 'rbm-choice');
    const below = choice ? withBelow(choice) : [];
    expect(below.filter(({ kind }) => kind === 'frames').map(({ label }) => label)).not.toContainEqual(
      expect.stringContaining('test'),
    );
  });

  it('do not share what differs', () => {
    const text = `
corpus: {name: talking-mouth, preset: digits, scale: 0.1}
architecture: bimodal-dbn
setting: fusion
rbm: {audio: {visible: gaussian, hidden: 10}, video: {visible: gaussian, hidden: 10}}
`;
    const rbms = (changed: string, seed = 1): Record<string, string> => {
      const { pieces } = stagesOf(resolvedOf(changed), seed);
      return Object.fromEntries(Object.entries(pieces).map(([role, spec]) => [role, hashOf(spec)]));
    };
    const first = rbms(text);
    expect(rbms(text)).toEqual(first);
    const wider = rbms(text.replace('hidden: 10', 'hidden: 11'));
    expect(wider.video).toBe(first.video);
    expect(wider.audio).not.toBe(first.audio);
    expect(wider.joint).not.toBe(first.joint);
    const reseeded = rbms(text, 2);
    for (const role of ['audio', 'video', 'joint']) expect(reseeded[role]).not.toBe(first[role]);
    // More to learn from is another front end, and so another everything.
    const pooled = rbms(`${text}unlabelled: [{name: talking-mouth, preset: letters, scale: 0.1}]\n`);
    for (const role of ['audio', 'video', 'joint']) expect(pooled[role]).not.toBe(first[role]);
  });
});

describe('the rows of the controls', () => {
  const autoencoderOf = (stages: readonly StageSpec[] | undefined): StageSpec => {
    const found = (stages ?? []).filter(({ kind }) => kind === 'autoencoder');
    if (found.length !== 1 || !found[0]) throw new Error(`${found.length} autoencoders`);
    return found[0];
  };
  const parametersOf = (spec: StageSpec): AutoencoderStageParameters =>
    spec.parameters as unknown as AutoencoderStageParameters;

  it.each(scales)('each learn an autoencoder of their own (scale %s)', (scale) => {
    const cells = stagesOfCells('controls', scale);
    const of = (row: string, column: string): StageSpec => autoencoderOf(cells.get(`${row}/${column}`));
    for (const column of ['letters', 'digits']) {
      const rows = [
        'video-only-deep-autoencoder',
        'without-audio-reconstruction',
        'shallow',
        'bimodal-deep-autoencoder',
        'without-zeroed-examples',
      ].map((row) => of(row, column));
      expect(new Set(rows.map(hashOf)).size).toBe(5);
      const [plain, silent, shallow, bimodal, whole] = rows.map(parametersOf);
      // What each row says, and nothing else.
      expect(silent).toEqual({
        ...plain,
        outputs: ['video'],
        config: { ...plain?.config, reconstruct: 'input' },
      });
      expect(plain?.outputs).toEqual(['audio', 'video']);
      expect(plain).not.toHaveProperty('depth');
      expect(shallow).toMatchObject({ depth: 'shallow', config: plain?.config });
      expect(bimodal?.inputs).toEqual(['audio', 'video']);
      expect(bimodal?.config.augmentation).toBe('thirds');
      expect(whole).toEqual({ ...bimodal, config: { ...bimodal?.config, augmentation: 'none' } });
    }
    for (const row of ['bimodal-deep-autoencoder', 'without-zeroed-examples']) {
      const columns = ['letters', 'digits', 'hearing-to-see', 'seeing-to-hear'].map((column) =>
        of(row, column),
      );
      expect(new Set(columns.map(hashOf)).size).toBe(1);
    }
    // What is compared with the tables is what is in the tables.
    const known = stagesOfCells('table1a', scale).get('bimodal-deep-autoencoder/video');
    expect(hashOf(of('bimodal-deep-autoencoder', 'letters'))).toBe(hashOf(autoencoderOf(known)));
    const dbn = cells.get('bimodal-dbn/letters');
    expect(hashes(dbn, 'autoencoder')).toEqual([]);
    const below = cells.get('bimodal-deep-autoencoder/letters');
    expect(hashes(dbn, 'rbm')).toEqual(hashes(below, 'rbm'));
  });
});

describe('experiments in noise', () => {
  it('test every draw, and train on none or on one that is not tested', () => {
    const cells = stagesOfCells('table2', 'smoke');
    const noiseOf = (cell: string): (string | null)[] =>
      (cells.get(cell) ?? [])
        .filter(({ kind, label }) => kind === 'frames' && label.includes(' digits,'))
        .map(({ label }) => /(train|test).*/.exec(label)?.[0] ?? null)
        .sort();
    const draws = [1, 2, 3, 4, 5].map((draw) => `test at 0 dB, draw ${draw}`);
    expect(noiseOf('audio-rbm/clean')).toEqual(['test', 'train']);
    expect(noiseOf('audio-rbm/noisy')).toEqual([...draws, 'train']);
    expect(noiseOf('audio-rbm/noisy-trained')).toEqual([...draws, 'train', 'train at 0 dB, draw 0']);
    // Noise comes after learning: the columns share what is learnt.
    const learnt = ['clean', 'noisy', 'noisy-trained'].map((column) =>
      hashes(cells.get(`bimodal-deep-autoencoder/${column}`), 'front-end', 'rbm', 'autoencoder'),
    );
    expect(learnt[1]).toEqual(learnt[0]);
    expect(learnt[2]).toEqual(learnt[0]);
  });
});
