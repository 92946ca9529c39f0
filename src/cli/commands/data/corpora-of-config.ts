import { type Experiment, kindOf } from '../../../config/index.js';
import type { corpusAsked } from '../../../corpora/registry.js';
import { MmxError } from '../../../errors.js';
import type { LocalCorpora } from '../../../pipeline/plan/resolve.js';
import { statusOf } from '../../../read-file.js';
import { availability } from '../../options/corpora.js';
import { checkedExperiments } from '../../run/checked-experiments.js';

/** A corpus as a config, or the command line, names it. */
export interface Asked {
  readonly name: string;
  readonly data?: string | undefined;
  readonly preset?: string | undefined;
  readonly inputs?: Parameters<typeof corpusAsked>[0]['inputs'];
}

/** Whether what is named is a file of experiments and not a corpus. */
export const isConfig = (named: string): boolean =>
  /\.ya?ml$/i.test(named) || statusOf(named)?.isFile() === true;

/** A reading of a corpus, and the experiments that read it so. */
export interface Reading {
  readonly asked: Asked;
  readonly experiments: readonly Experiment[];
}

/** The corpora of a file of experiments, each reading of one once. */
export function readingsOf(file: string, data: LocalCorpora | undefined): readonly Reading[] {
  const kind = kindOf(file);
  if (kind === 'reproduction') {
    throw new MmxError('cli/usage', `${file} lists configurations`, {
      exitCode: 2,
      hint: 'name one of them',
    });
  }
  const readings = new Map<string, { asked: Asked; experiments: Experiment[] }>();
  for (const { value } of checkedExperiments(file, kind, availability(data))) {
    const { name, preset, inputs, data: place } = value.corpus;
    const asked = { name, data: place, preset, inputs };
    const key = JSON.stringify(asked);
    const known = readings.get(key) ?? { asked, experiments: [] };
    readings.set(key, known);
    known.experiments.push(value);
  }
  return [...readings.values()];
}

/** The corpora of a file of experiments, as {@link readingsOf}. */
export const corporaOf = (file: string, data: LocalCorpora | undefined): readonly Asked[] =>
  readingsOf(file, data).map(({ asked }) => asked);
