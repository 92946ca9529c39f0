import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listCheckpoints } from '../../../../src/pipeline/store/checkpoint.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { type CompiledFixtures, compileFixtures } from '../../../fixtures/pipeline/compile.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { walkDirectly } from '../../../fixtures/pipeline/toys.js';

let fixtures: CompiledFixtures;
beforeAll(() => {
  fixtures = compileFixtures();
});
afterAll(() => fixtures.remove());

interface Told {
  readonly saved: readonly ('stored' | 'reused')[];
  readonly walked: 'stored' | 'reused';
  readonly warnings: readonly string[];
}

const artifacts = 60;

/** Makers in processes of their own, let go together once all are up. */
async function make(directory: string, names: readonly string[]): Promise<Told[]> {
  const makers = names.map((name) => {
    const child = spawn(process.execPath, [fixtures.maker, directory, name, String(artifacts)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, next: async () => String((await lines.next()).value) };
  });
  for (const { next } of makers) expect(await next()).toBe('ready');
  for (const { child } of makers) child.stdin.write('go\n');
  return Promise.all(makers.map(async ({ next }) => JSON.parse(await next()) as Told));
}

const hashOf = (what: string): string => createHash('sha256').update(what).digest('hex');

it('of several processes that make the same artifacts at once, one wins each, and the others use it', async () => {
  const winners = new Set<number>();
  // Had one of them been first every time, they would not have met.
  for (let round = 0; round < 5 && winners.size < 2; round++) {
    for (const winner of await meet(temporaryDirectory())) winners.add(winner);
  }
  expect(winners.size).toBe(2);
});

/** @returns which makers were first with an artifact */
async function meet(directory: string): Promise<ReadonlySet<number>> {
  const told = await make(directory, ['a', 'b']);
  const store = new ArtifactStore(join(directory, 'store'));
  const winners = new Set<number>();
  for (let i = 0; i < artifacts; i++) {
    expect(told.map(({ saved }) => saved[i]).sort()).toEqual(['reused', 'stored']);
    const winner = told.findIndex(({ saved }) => saved[i] === 'stored');
    winners.add(winner);
    // Read with its checksums, and all of it of the winner: nothing is put together from two.
    const { tensors, json } = store.load(hashOf(`artifact ${i}`));
    const { stamp } = json as { stamp: number };
    expect(new Set(tensors.stamp?.data)).toEqual(new Set([stamp]));
    expect(stamp).toBe('ab'.charCodeAt(winner));
  }

  // One stage by both, checkpoints and all: the slower one finds its folder gone and is not misled by the other's.
  expect(told.map(({ walked }) => walked).sort()).toEqual(['reused', 'stored']);
  expect(told.map(({ warnings }) => warnings)).toEqual([[], []]);
  const { tensors } = store.load(hashOf('walk'));
  expect(tensors.state?.data).toEqual(walkDirectly({ seed: 5, steps: 200, milliseconds: 0 }));
  expect(listCheckpoints(join(directory, 'checkpoints'))).toEqual([]);
  const litter = join(directory, 'store', 'tmp');
  expect(existsSync(litter) ? readdirSync(litter) : []).toEqual([]);
  return winners;
}
