import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testedEngines } from './each-engine.js';

const child = fileURLToPath(new URL('./thread-bits.mjs', import.meta.url));
const digest = (engine: string, threads: number): string =>
  execFileSync(process.execPath, [child, engine, String(threads)], { encoding: 'utf8' });

describe.each(['wasm', 'ort'] as const)('%s', (engine) => {
  test.skipIf(!testedEngines.includes(engine))(
    'computes the same bits with one thread and with three, and nothing else is printed',
    () => {
      const one = digest(engine, 1);
      expect(one).toMatch(/^[0-9a-f]{64}$/);
      expect(digest(engine, 3)).toBe(one);
    },
  );
});
