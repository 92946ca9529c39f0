#!/usr/bin/env node
import { startRefusal } from '../dist/process-limits.js';

const refusal = startRefusal();
if (refusal === undefined) {
  const { main } = await import('../dist/cli/main.js');
  await main(process.argv);
} else {
  process.stderr.write(`mmx: ${refusal}\n  → run ulimit -n 1024 first\n`);
  process.exitCode = 1;
}
