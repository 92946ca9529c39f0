import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../../../src/formats/safetensors.js';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import {
  type CheckpointOptions,
  listCheckpoints,
  StageCheckpointer,
  StageInterrupted,
  sweepCheckpoints,
} from '../../../../src/pipeline/store/checkpoint.js';
import { smallDisk, temporaryDirectory } from '../../../fixtures/pipeline/place.js';

const hash = '5'.repeat(64);

function state(step: number): Artifact {
  return { tensors: { w: { shape: [2], data: new Float64Array([step, 1 / 3]) } }, json: { step } };
}

function place() {
  const directory = temporaryDirectory();
  const warnings: string[] = [];
  const open = (options: CheckpointOptions = {}) =>
    new StageCheckpointer(directory, hash, {
      intervalSeconds: 0,
      warn: (message) => warnings.push(message),
      ...options,
    });
  return { directory, warnings, open, files: () => readdirSync(join(directory, hash)).sort() };
}

/** The file that holds a step. */
function fileOf(directory: string, step: number): string {
  for (const name of readdirSync(join(directory, hash))) {
    const path = join(directory, hash, name);
    if (readFileSync(path, 'latin1').includes(`{\\"step\\":${step}}`)) return path;
  }
  throw new Error(`no checkpoint of step ${step}`);
}

describe('checkpoints', () => {
  it('start from nothing', () => {
    const { open, warnings } = place();
    expect(open().load()).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('that are pipes or folders are told of, not waited for', () => {
    const { directory, open, warnings } = place();
    mkdirSync(join(directory, hash, 'b.checkpoint'), { recursive: true });
    execFileSync('mkfifo', [join(directory, hash, 'a.checkpoint')]);
    expect(open().load()).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/a\.checkpoint is damaged and was ignored: it is not a plain file\.$/),
      expect.stringMatching(/b\.checkpoint is damaged and was ignored: it is a directory\.$/),
    ]);
  });

  it.each(['-1', '1.5', 'NaN', '1e400', '', 'first'])('numbered %j are ignored', (sequence) => {
    const { directory, open, warnings } = place();
    const body = Buffer.concat(encodeSafetensors({}, { hash, json: 'null', sequence }));
    const digest = createHash('sha256').update(body).digest();
    mkdirSync(join(directory, hash));
    writeFileSync(
      join(directory, hash, 'a.checkpoint'),
      Buffer.concat([Buffer.from('MMXCKPT1'), digest, body]),
    );
    expect(open().load()).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/is damaged and was ignored: it has no number\.$/)]);
  });

  it('give back the newest of two states', () => {
    const { open, files } = place();
    const first = open();
    for (let step = 1; step <= 5; step++) {
      first.offer(() => state(step));
      expect(open().load()).toEqual(state(step));
    }
    expect(files()).toEqual(['a.checkpoint', 'b.checkpoint']);
    const second = open();
    second.load();
    second.offer(() => state(6));
    expect(open().load()).toEqual(state(6));
  });

  it('keep to the interval', async () => {
    const { open } = place();
    const checkpoint = open({ intervalSeconds: 0.15 });
    let taken = 0;
    const started = performance.now();
    while (performance.now() - started < 500) {
      checkpoint.offer(() => state(++taken));
      await sleep(5);
    }
    expect(taken).toBeGreaterThanOrEqual(1);
    expect(taken).toBeLessThanOrEqual(3);
  });

  it('take a last state and end the stage when it is to stop', () => {
    const { open } = place();
    const checkpoint = open({ intervalSeconds: 3600, shouldStop: () => true });
    expect(() => checkpoint.offer(() => state(7))).toThrow(StageInterrupted);
    expect(open().load()).toEqual(state(7));
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['torn', (path) => truncateSync(path, 120), /checksum differs/],
    ['empty', (path) => truncateSync(path, 0), /not a checkpoint/],
    [
      'rotten',
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
      /checksum differs/,
    ],
  ])('fall back to the one before when the last is %s, then to the start', (_, damage, reason) => {
    const { directory, open, warnings } = place();
    const writer = open();
    for (const step of [1, 2, 3]) writer.offer(() => state(step));
    damage(fileOf(directory, 3));
    const reader = open();
    expect(reader.load()).toEqual(state(2));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(reason);
    // The next one replaces the damaged file, not the good one.
    reader.offer(() => state(4));
    expect(open().load()).toEqual(state(4));
    expect(warnings).toHaveLength(1);
    damage(fileOf(directory, 2));
    damage(fileOf(directory, 4));
    expect(open().load()).toBeUndefined();
    expect(warnings).toHaveLength(3);
  });

  it('of another stage are not taken for its own', () => {
    const { directory, open, warnings } = place();
    new StageCheckpointer(directory, '6'.repeat(64), { intervalSeconds: 0 }).offer(() => state(1));
    open().offer(() => state(2));
    const foreign = readFileSync(join(directory, '6'.repeat(64), 'a.checkpoint'));
    writeFileSync(join(directory, hash, 'a.checkpoint'), foreign);
    expect(open().load()).toBeUndefined();
    expect(warnings[0]).toContain('belongs to another stage');
  });

  it('are listed, and removed once their stage is stored', () => {
    const { directory, open } = place();
    open().offer(() => state(1));
    const other = new StageCheckpointer(directory, '6'.repeat(64), { intervalSeconds: 0 });
    other.offer(() => state(1));
    const size = readFileSync(join(directory, hash, 'a.checkpoint')).length;
    expect(listCheckpoints(directory)[0]).toEqual({ hash, bytes: size });
    sweepCheckpoints(directory, (stored) => stored === hash);
    expect(listCheckpoints(directory).map((found) => found.hash)).toEqual(['6'.repeat(64)]);
    other.remove();
    expect(listCheckpoints(directory)).toEqual([]);
  });

  it('that do not fit on the disk cost a warning, not the stage', ({ skip }) => {
    const disk = smallDisk(64 * 1024);
    if ('reason' in disk) return skip(disk.reason);
    const warnings: string[] = [];
    const checkpoint = new StageCheckpointer(disk.directory, hash, {
      intervalSeconds: 0,
      warn: (message) => warnings.push(message),
    });
    const big = { tensors: { w: { shape: [100_000], data: new Uint8Array(100_000) } }, json: null };
    let taken = 0;
    for (let step = 0; step < 3; step++) {
      checkpoint.offer(() => {
        taken += 1;
        return big;
      });
    }
    expect(taken).toBe(1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/the disk is full \(100\.\d kB needed.*continues without checkpoints/);
    expect(existsSync(join(disk.directory, hash)) ? readdirSync(join(disk.directory, hash)) : []).toEqual([]);
  });
});
