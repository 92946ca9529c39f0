import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, smallTable } from '../support/mmx.js';
import { pythonWithNumpy, runPython } from '../support/python.js';

const experiment = smallTable
  .replace(/^table:[\s\S]*?^corpus:/m, 'corpus:')
  .replace(/train: 3000, test: 1000/, 'train: 600, test: 200')
  .replace(/^columns:[\s\S]*$/m, 'architecture: rbm\nsetting: classic-left\n');
const python = pythonWithNumpy();

let directory = '';
beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('export');
  writeFileSync(join(directory, 'one.yaml'), experiment);
});

describe('export', () => {
  it('writes what is stored, and computes nothing unless asked', () => {
    const refused = mmx(directory, 'export', 'one.yaml', '--seeds', '1');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /these stages are not stored.*rbm left \(392 → 60\), seed 1[\s\S]*--compute/,
    );
    expect(existsSync(join(directory, 'results/runs/store'))).toBe(false);

    const made = mmx(directory, 'export', 'one.yaml', '--compute', '--json', '--out', 'rbm');
    expect(made.status).toBe(0);
    const { seeds, classes } = JSON.parse(made.stdout);
    expect(classes).toHaveLength(10);
    expect(seeds).toMatchObject([{ seed: 1 }, { seed: 2 }]);
    expect(seeds[0].weights[0]).toMatchObject({
      role: 'left',
      file: 'seed-1/weights/left.safetensors',
      tensors: { weights: [392, 60], visible_bias: [392], hidden_bias: [60] },
    });
    expect(
      seeds[0].features.map(({ part, shape }: { part: string; shape: number[] }) => [part, shape]),
    ).toEqual([
      ['train', [600, 60]],
      ['test', [200, 60]],
    ]);

    const again = mmx(directory, 'export', 'one.yaml', '--seeds', '1', '--no-csv', '--out', 'again');
    expect(again.status).toBe(0);
    const file = 'seed-1/features/test.npy';
    expect(readFileSync(join(directory, 'again', file))).toEqual(readFileSync(join(directory, 'rbm', file)));
    expect(existsSync(join(directory, 'again/seed-1/features/test.csv'))).toBe(false);
  });

  it.skipIf(python === undefined)(
    'numpy reads every file to equal values and computes the same features from the weights (needs python3 with numpy, or MMX_PYTHON)',
    () => {
      const pixels = ['architecture=preprocessed', '--compute', '--seeds', '1', '--out', 'pixels'];
      expect(mmx(directory, 'export', 'one.yaml', ...pixels).status).toBe(0);
      const found = runPython(python ?? '', readBack, directory) as Record<string, number | boolean>;
      expect(found).toMatchObject({ tensors: 6, parts: 6, csv: 0, labels: 0, ids: true, shapes: true });
      expect(found.stored).toBe(0);
      expect(found.features).toBeLessThan(1e-5);
      expect(found.spread).toBeGreaterThan(1e-3);
    },
  );

  it('names clips, and pools their windows as the classifier sees them', () => {
    const mouth = `
corpus: {name: talking-mouth, preset: digits, scale: 0.1, train: 40, test: 20}
front_end: {audio: {dimensions: 20}, video: {dimensions: 8}}
architecture: rbm
setting: classic-video
rbm: {video: {hidden: 15, visible: gaussian, epochs: 1, learning_rate: 0.002}}
`;
    writeFileSync(join(directory, 'mouth.yaml'), mouth);
    const made = mmx(
      directory,
      'export',
      'mouth.yaml',
      '--seeds',
      '1',
      '--compute',
      '--json',
      '--out',
      'clips',
    );
    expect(made.stderr).toBe('');
    const { seeds, synthetic } = JSON.parse(made.stdout);
    expect(synthetic).toBe(true);
    expect(seeds[0].weights.map(({ role }: { role: string }) => role)).toEqual(['video']);
    // Fifteen posteriors, averaged over the clip and over three slices of it.
    expect(seeds[0].features[1]).toMatchObject({ part: 'test', modalities: ['video'], shape: [20, 60] });
    const lines = readFileSync(join(directory, 'clips/seed-1/features/test.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    const ids = lines.slice(1).map((line) => line.split(',')[0]);
    expect(new Set(ids).size).toBe(20);
    expect(ids).not.toContain('test-0');
  });
});

/** Reads safetensors by the description of the format, with nothing of ours. */
const readBack = `
import csv, glob, json, os, struct, sys
import numpy as np
root = sys.argv[1]

def safetensors(path):
    with open(path, 'rb') as f:
        (n,) = struct.unpack('<Q', f.read(8))
        header = json.loads(f.read(n))
        data = f.read()
    types = {'F32': '<f4', 'F64': '<f8', 'I32': '<i4', 'U8': 'u1'}
    header.pop('__metadata__', None)
    return {k: np.frombuffer(data[slice(*v['data_offsets'])], types[v['dtype']]).reshape(v['shape'])
            for k, v in header.items()}

out = dict(tensors=0, parts=0, csv=0.0, labels=0, ids=True, shapes=True, stored=0.0, features=0.0)
for folder in ['rbm', 'pixels']:
    description = json.load(open(os.path.join(root, folder, 'export.json')))
    for seed in description['seeds']:
        for piece in seed['weights']:
            tensors = safetensors(os.path.join(root, folder, piece['file']))
            h = piece['stage']
            stored = safetensors(os.path.join(root, 'results/runs/store', h[:2], h, 'tensors.safetensors'))
            for name, value in tensors.items():
                out['tensors'] += 1
                out['shapes'] &= list(value.shape) == piece['tensors'][name]
                out['stored'] = max(out['stored'], float(np.abs(value - stored[name]).max()))
        for part in seed['features']:
            out['parts'] += 1
            x = np.load(os.path.join(root, folder, part['npy']['file']))
            y = np.load(os.path.join(root, folder, part['labels']['file']))
            out['shapes'] &= list(x.shape) == part['shape'] and x.dtype == np.float32
            with open(os.path.join(root, folder, part['csv']['file'])) as f:
                rows = list(csv.reader(f))[1:]
            read = np.array([r[3:] for r in rows], dtype=np.float32)
            out['csv'] = max(out['csv'], float(np.abs(read - x).max()))
            out['labels'] += int((np.array([int(r[1]) for r in rows]) != y).sum())
            out['ids'] &= [r[0] for r in rows] == ['%s-%d' % (part['part'], i) for i in range(len(y))]
            out['ids'] &= all(description['classes'][int(r[1])] == r[2] for r in rows)
            if folder == 'rbm':
                w = safetensors(os.path.join(root, 'rbm/seed-%d/weights/left.safetensors' % seed['seed']))
                v = np.load(os.path.join(root, 'pixels/seed-1/features/%s.npy' % part['part']))
                own = 1 / (1 + np.exp(-(v.astype(np.float64) @ w['weights'] + w['hidden_bias'])))
                out['features'] = max(out['features'], float(np.abs(own - x).max()))
                out['spread'] = float(x.std())
print(json.dumps(out))
`;
