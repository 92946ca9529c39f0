import { InvalidArgumentError, Option } from 'commander';
import type { LoadOptions } from '../../config/index.js';
import { copyNames, corporaOfCopy } from '../../corpora/copies.js';
import { corpusNames, embeddedCorpora, generatedCorpora, unknownCorpus } from '../../corpora/names.js';
import { MmxError } from '../../errors.js';
import type { LocalCorpora } from '../../pipeline/plan/resolve.js';

/** `--data corpus=dir`, as often as there are corpora; undefined when it is not given. */
export function dataOption(description: string): Option {
  return new Option('--data <corpus=dir>', description).argParser(localCorpora);
}

/**
 * One `corpus=dir` more. The name of a copy that several corpora are read from (`grid`) stands for all of them; of two
 * directories for a corpus the last is taken.
 *
 * @throws InvalidArgumentError; MmxError `corpora/unknown`, `cli/usage` for what has no copies
 */
export function localCorpora(text: string, previous: LocalCorpora = {}): LocalCorpora {
  const [name, ...rest] = text.split('=');
  const directory = rest.join('=');
  if (!name || !directory) throw new InvalidArgumentError('It must look like mnist-halves=DIR.');
  return { ...previous, ...Object.fromEntries(corporaNamed(name).map((corpus) => [corpus, directory])) };
}

/**
 * The corpora that are read from a copy of this name.
 *
 * @throws MmxError `corpora/unknown`, `cli/usage` for what has no copies
 */
export function corporaNamed(copy: string): readonly string[] {
  const read = corporaOfCopy(copy);
  for (const corpus of read) {
    if (!corpusNames.includes(corpus)) throw unknownCorpus(corpus, copyNames());
    if (!generatedCorpora.includes(corpus)) continue;
    throw new MmxError('cli/usage', `${corpus} is generated: there is no copy of it to name with --data`, {
      exitCode: 2,
    });
  }
  return read;
}

/** Which corpora there is a copy of, so that configs know when another stands in. */
export function availability(local: LocalCorpora = {}): LoadOptions {
  return {
    hasCorpus: (name, data) =>
      !corpusNames.includes(name) ||
      embeddedCorpora.includes(name) ||
      data !== undefined ||
      Object.hasOwn(local, name),
  };
}
