import { MmxError } from '../../../errors.js';
import { runIds } from '../../run/records.js';

/** @throws MmxError `runs/unknown` unless exactly one id begins so */
export function runNamed(prefix: string): string {
  const ids = runIds();
  if (ids.includes(prefix)) return prefix;
  const found = ids.filter((id) => id.startsWith(prefix));
  const [id, second] = found;
  if (id !== undefined && second === undefined) return id;
  const many = `the ids of ${found.length} runs begin with '${prefix}'`;
  throw new MmxError(
    'runs/unknown',
    found.length === 0 ? `no run has an id that begins with '${prefix}'` : many,
    {
      exitCode: 2,
      hint: 'mmx runs ls lists the runs of this folder with their ids',
    },
  );
}
