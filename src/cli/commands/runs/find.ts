import { join } from 'node:path';
import { MmxError } from '../../../errors.js';
import { namesIn } from '../../../pipeline/store/files.js';
import { runsDirectory } from '../../output.js';

export const manifestDirectory = (): string => join(runsDirectory(), 'manifests');
export const manifestPath = (id: string): string => join(manifestDirectory(), `${id}.json`);

/** Ids of the recorded runs, newest first. */
export function runIds(): string[] {
  return namesIn(manifestDirectory())
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
    .reverse();
}

/** @throws MmxError `runs/unknown` unless exactly one id begins so */
export function runNamed(prefix: string): string {
  const ids = runIds();
  if (ids.includes(prefix)) return prefix;
  const found = ids.filter((id) => id.startsWith(prefix));
  const [id, second] = found;
  if (id !== undefined && second === undefined) return id;
  const many = `${found.length} runs begin with '${prefix}'`;
  throw new MmxError('runs/unknown', found.length === 0 ? `no run begins with '${prefix}'` : many, {
    exitCode: 2,
    hint: 'mmx runs ls lists them',
  });
}
