/** `npm run test:kill -- --kills N --seed S`: the long form of test/e2e/resume.test.ts. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} is ${value}; a whole number is meant`);
}
const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/e2e/resume.test.ts', '-t', 'killed'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, MMX_KILLS: values.kills, MMX_KILL_SEED: values.seed },
});
process.exitCode = status ?? 1;
