import { canonicalJson, type Json } from '../../json.js';
import type { RunManifest } from './manifest.js';

/** How a stage ends where nothing is lacking. */
const done: readonly string[] = ['ran', 'reused', 'unneeded'];

/** Whether every stage of a run came to its end. */
export const isComplete = ({ stages }: Pick<RunManifest<unknown>, 'stages'>): boolean =>
  stages.every(({ end }) => done.includes(end));

/**
 * Whether two runs are the same work: the same command on the same resolved configuration, with the same stages. Where they
 * write to, how many processes they have and what they print makes no difference.
 */
export function isSameWork(a: RunManifest<unknown>, b: RunManifest<unknown>): boolean {
  return (
    a.command[1] === b.command[1] &&
    a.stages.length === b.stages.length &&
    hashesOf(a) === hashesOf(b) &&
    canonicalJson(a.config.values as Json) === canonicalJson(b.config.values as Json)
  );
}

const hashesOf = ({ stages }: Pick<RunManifest<unknown>, 'stages'>): string =>
  stages
    .map(({ hash }) => hash)
    .sort()
    .join(' ');
