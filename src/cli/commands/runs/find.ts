import { MmxError } from '../../../errors.js';
import { runIds } from '../../run/records.js';

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
