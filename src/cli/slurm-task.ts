/** Entry of the tasks of Slurm's job arrays; started by the scripts that the launcher submits, never by hand. */
import { runTask } from '../pipeline/launchers/slurm/run-task.js';
import { print } from './output.js';

process.exit(
  await runTask(process.argv[2] ?? '', process.env, (line) => print(`${new Date().toISOString()} ${line}`)),
);
