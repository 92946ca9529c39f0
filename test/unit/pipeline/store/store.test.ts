import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import { type ArtifactOrigin, ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { filesBelow, smallDisk, temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { errorOf } from '../../../support/errors.js';

const hash = `ab${'0123456789'.repeat(6)}cd`;

const artifact: Artifact = {
  tensors: {
    weights: { shape: [2, 2], data: new Float32Array([1, 2, 3, 4.5]) },
    labels: { shape: [3], data: new Uint8Array([1, 2, 3]) },
  },
  json: { b: [1, 2.5, null], a: 'text' },
};

const origin: ArtifactOrigin = {
  kind: 'walk',
  version: 1,
  label: 'a walk',
  parameters: { seed: 1 },
  inputs: { corpus: 'f'.repeat(64) },
  engine: { name: 'cpu', description: 'toy', versions: { toy: '1' } },
  seconds: 1.5,
};

function filled(): { store: ArtifactStore; path: (name: string) => string } {
  const store = new ArtifactStore(join(temporaryDirectory(), 'store'));
  expect(store.save(hash, artifact, origin)).toBe('stored');
  return { store, path: (name) => join(store.pathOf(hash), name) };
}

describe('the store', () => {
  it('gives back what was saved, and says where it came from', () => {
    const { store } = filled();
    expect(store.has(hash)).toBe(true);
    expect(store.load(hash)).toEqual(artifact);
    expect(store.loadResult(hash)).toEqual(artifact.json);
    expect(store.record(hash)).toMatchObject({ ...origin, hash });
    expect(store.list()).toEqual([hash]);
    expect(store.sizeOf(hash)).toBe(
      readFileSync(join(store.pathOf(hash), 'tensors.safetensors')).length +
        readFileSync(join(store.pathOf(hash), 'result.json')).length,
    );
  });

  it('writes canonical JSON and nothing else', () => {
    const { store, path } = filled();
    expect(readFileSync(path('result.json'), 'utf8')).toBe('{"a":"text","b":[1,2.5,null]}\n');
    expect(Object.keys(filesBelow(store.directory)).sort()).toEqual(
      ['artifact.json', 'result.json', 'tensors.safetensors'].map((name) => `ab/${hash}/${name}`),
    );
  });

  it('keeps the first of two equal artifacts', () => {
    const { store } = filled();
    const before = filesBelow(store.directory);
    expect(store.save(hash, artifact, { ...origin, seconds: 9 })).toBe('reused');
    expect(filesBelow(store.directory)).toEqual(before);
  });

  it('uses the artifact of a process that finishes while it writes', () => {
    const { store } = filled();
    const late = new ArtifactStore(store.directory);
    // Looked for it before the other one was done.
    let asked = 0;
    late.isSound = (wanted) => asked++ > 0 && ArtifactStore.prototype.isSound.call(late, wanted);
    const before = filesBelow(store.directory);
    expect(late.save(hash, artifact, { ...origin, seconds: 9 })).toBe('reused');
    expect(asked).toBe(1);
    expect(filesBelow(store.directory)).toEqual(before);
  });

  it('removes artifacts, present or not', () => {
    const { store } = filled();
    store.remove(hash);
    store.remove(hash);
    expect(store.list()).toEqual([]);
    expect(errorOf(() => store.load(hash)).code).toBe('store/missing');
  });

  it('refuses results that JSON would change', () => {
    const store = new ArtifactStore(temporaryDirectory());
    const bad = { ...artifact, json: { accuracy: Number.NaN } };
    expect(() => store.save(hash, bad, origin)).toThrow('result of stage "a walk".accuracy is not JSON: NaN');
    expect(store.has(hash)).toBe(false);
  });

  it('sweeps what dead writers left and nothing else', () => {
    const { store } = filled();
    const tag = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const left = (name: string) => {
      mkdirSync(join(store.directory, 'tmp', name), { recursive: true });
      writeFileSync(join(store.directory, 'tmp', name, 'result.json'), '{');
      return name;
    };
    left(`dead.${tag}-${pid}-00000000.tmp`);
    const alive = left(`alive.${tag}-${process.pid}-00000000.tmp`);
    const elsewhere = left(`elsewhere.00000000-${pid}-00000000.tmp`);
    expect(store.sweep()).toBe(1);
    expect(readdirSync(join(store.directory, 'tmp')).sort()).toEqual([alive, elsewhere]);
    expect(store.has(hash)).toBe(true);
  });
});

describe('a store that cannot be written', () => {
  it('says how much was needed on a full disk, and leaves nothing behind', ({ skip }) => {
    const disk = smallDisk(256 * 1024);
    if ('reason' in disk) return skip(disk.reason);
    const store = new ArtifactStore(join(disk.directory, 'store'));
    store.save(hash, artifact, origin);
    const before = filesBelow(disk.directory);
    const big = { tensors: { x: { shape: [100_000], data: new Float32Array(100_000) } }, json: null };
    const other = `cd${hash.slice(2)}`;
    const error = errorOf(() => store.save(other, big, origin));
    expect(error.code).toBe('store/no-space');
    expect(error.message).toMatch(
      /store\/cd\/cd0123\S* cannot be written: the disk is full \(400\.\d kB needed, /,
    );
    expect(error.message).not.toContain('\n');
    expect(error.hint).toContain('Finished stages are kept');
    expect(filesBelow(disk.directory)).toEqual(before);
    expect(store.load(hash)).toEqual(artifact);
  });

  it('says that something else is in its place', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'store'), 'a file');
    const store = new ArtifactStore(join(directory, 'store'));
    const error = errorOf(() => store.save(hash, artifact, origin));
    expect(error.code).toBe('store/io');
    expect(error.message).toContain(store.pathOf(hash));
    expect(existsSync(join(directory, 'store'))).toBe(true);
  });
});
