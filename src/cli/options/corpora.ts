import { InvalidArgumentError, Option } from 'commander';
import type { LoadOptions } from '../../config/index.js';
import { corporaOfCopy } from '../../corpora/copies.js';
import { corpusNames, embeddedCorpora } from '../../corpora/names.js';
import type { LocalCorpora } from '../../pipeline/plan/resolve.js';

/**
 * `--data corpus=dir`, as often as there are corpora; undefined when it is not given. The name of a copy that several
 * corpora are read from (`grid`) stands for all of them.
 */
export function dataOption(description: string): Option {
  return new Option('--data <corpus=dir>', description).argParser(corpusDirectory);
}

function corpusDirectory(text: string, previous: LocalCorpora = {}): LocalCorpora {
  const [name, ...rest] = text.split('=');
  const directory = rest.join('=');
  if (!name || !directory) throw new InvalidArgumentError('It must look like mnist-halves=DIR.');
  return { ...previous, ...Object.fromEntries(corporaOfCopy(name).map((one) => [one, directory])) };
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
