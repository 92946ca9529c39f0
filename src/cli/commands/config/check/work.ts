import {
  ConfigError,
  type ConfigKind,
  filesOf,
  kindOf,
  type LocatedProblem,
  loadReproduction,
} from '../../../../config/index.js';
import { MmxError } from '../../../../errors.js';
import { figureOf, paperNamed } from '../../../../papers/find.js';
import type { LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { configFile } from '../../../options/configs.js';
import { availability } from '../../../options/corpora.js';
import { print, printJson } from '../../../output.js';
import { checkedExperiments } from '../../../run/checked-experiments.js';
import type { CheckOptions } from './command.js';

/** A corpus that takes the place of another, of which there is no copy. */
interface StandsIn {
  readonly corpus: string;
  readonly by: string;
}

interface Checked {
  readonly file: string;
  readonly ok: boolean;
  readonly standIns: readonly StandsIn[];
  readonly problems: readonly LocatedProblem[];
  /** Problems that are not among them: the first few are given. */
  readonly unshown: number;
}

/** The work of `mmx config check`. */
export function checkConfigurations(paths: readonly string[], options: CheckOptions): void {
  const results: Checked[] = [];
  const messages: string[] = [];
  const files = paths.map(configFile);
  // What a reproduction lists is checked after it: the loop goes on over what is appended.
  for (const file of files) {
    try {
      const kind = kindOf(file);
      if (kind === 'reproduction') {
        const list = loadReproduction(file);
        const paper = paperNamed(list.paper, file);
        for (const name of Object.keys(list.figures)) figureOf(paper, name, file);
        files.push(...filesOf(list, file).filter((listed) => !files.includes(listed)));
      }
      const standIns = kind === 'reproduction' ? [] : standInsOf(file, kind, options.data);
      results.push({ file, ok: true, standIns, problems: [], unshown: 0 });
      const told = standIns.map(({ corpus, by }) => `${by} stands in for ${corpus}`).join(', ');
      if (!options.json) print(`ok  ${file}${told === '' ? '' : `  (${told})`}`);
    } catch (error) {
      // What is no fault of the configuration, such as a damaged installation, has another exit code.
      if (!(error instanceof MmxError) || error.exitCode !== 2) throw error;
      const { code, message } = error;
      const [problems, unshown] =
        error instanceof ConfigError ? [error.problems, error.unshown] : [[{ code, message }], 0];
      results.push({ file, ok: false, standIns: [], problems, unshown });
      const lines = error instanceof ConfigError ? error.lines : [`${file}: ${message}`];
      messages.push(...(messages.length === 0 ? [] : ['']), ...lines);
    }
  }
  if (options.json) printJson(results);
  if (messages.length === 0) return;
  if (options.json) process.exitCode = 2;
  else throw new MmxError('config/invalid', messages, { exitCode: 2 });
}

/** @throws MmxError for what is wrong in the file as written, or with its stand-ins */
function standInsOf(
  file: string,
  kind: Exclude<ConfigKind, 'reproduction'>,
  data: LocalCorpora | undefined,
): readonly StandsIn[] {
  // What a stand-in replaces must be right too: who has a copy of the corpus gets to use it.
  const written = checkedExperiments(file, kind, {});
  const { hasCorpus = () => true } = availability(data);
  if (written.every(({ value: { corpus } }) => hasCorpus(corpus.name, corpus.data))) return [];
  const found = new Map<string, StandsIn>();
  for (const { value, standIn } of checkedExperiments(file, kind, availability(data))) {
    const by = value.corpus.name;
    if (standIn) found.set(`${standIn.corpus} ${by}`, { corpus: standIn.corpus, by });
  }
  return [...found.values()];
}
