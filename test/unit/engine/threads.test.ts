import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testedEngines } from './each-engine.js';

const child = fileURLToPath(new URL('./thread-bits.mjs', import.meta.url));
const digest = (threads: number): string =>
  execFileSync(process.execPath, [child, String(threads)], { encoding: 'utf8' });

describe.skipIf(!testedEngines.includes('ort'))('ort', () => {
  test('computes the same bits with one thread and with two, and nothing else is printed', () => {
    const one = digest(1);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(2)).toBe(one);
  });
});
