import { kindOf } from '../../../config/index.js';
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

/** The corpora of a file of experiments, each reading of one once. */
export function corporaOf(file: string, data: LocalCorpora | undefined): readonly Asked[] {
  const kind = kindOf(file);
  if (kind === 'reproduction') {
    throw new MmxError('cli/usage', `${file} lists configurations`, {
      exitCode: 2,
      hint: 'name one of them',
    });
  }
  const experiments = checkedExperiments(file, kind, availability(data));
  const asked = experiments.map(({ value: { corpus } }) => {
    const { name, preset, inputs } = corpus;
    return { name, data: corpus.data, preset, inputs };
  });
  return [...new Map(asked.map((one) => [JSON.stringify(one), one])).values()];
}
