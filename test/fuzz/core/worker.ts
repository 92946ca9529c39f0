/** A child process that runs inputs of one target: `worker.js TARGET POSITION-FILE`. */
import { openSync, writeSync } from 'node:fs';
import { targetNamed } from '../targets/index.js';
import { BatchRunner } from './batch.js';
import { type Answer, ownFailure, type Request, writtenInput } from './protocol.js';

const [, , name = '', positionFile = ''] = process.argv;
const runner = new BatchRunner(targetNamed(name));
// The parent reads here which input a child was at that died or hangs.
const position = openSync(positionFile, 'r+');
const cell = new Float64Array(1);

function tell(answer: Answer): void {
  process.send?.(answer);
}

function begin(number: number): void {
  cell[0] = number;
  writeSync(position, cell, 0, 8, 0);
}

async function answer(request: Request): Promise<void> {
  if (request.type === 'run') {
    tell({ type: 'report', report: await runner.run(request.batch, begin) });
    return;
  }
  const { seed, number, signature, seconds } = request;
  tell({ type: 'smallest', input: writtenInput(await runner.minimise(seed, number, signature, seconds)) });
}

process.on('message', (request: Request) => {
  answer(request).catch((error: unknown) => {
    process.stderr.write(`${ownFailure} ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(70);
  });
});
process.on('disconnect', () => process.exit(0));
process.on('exit', () => runner.end());

await runner.prepare();
tell({ type: 'ready' });
