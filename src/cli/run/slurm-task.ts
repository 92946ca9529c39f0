/** Entry of the tasks of Slurm's job arrays; started by the scripts that the launcher submits, never by hand. */
import { MmxError } from '../../errors.js';
import { runTask } from '../../pipeline/run/slurm/run-task.js';
import { print } from '../output.js';

const say = (line: string) => print(`${new Date().toISOString()} ${line}`);

try {
  process.exit(await runTask(process.argv[2] ?? '', process.env, say));
} catch (error) {
  if (!(error instanceof MmxError)) throw error;
  say(error.message);
  process.exit(error.exitCode);
}
