import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataOfCommand } from '../../src/pipeline/runs/cells.js';
import { temporaryDirectory } from '../fixtures/pipeline/place.js';
import { projectRoot } from '../support/mmx.js';
import { type Checked, checkReference } from './check.js';
import { findReferences, type Reference } from './find.js';
import { keptNames } from './kept.js';
import { compareFiles } from './recompute.js';
import { hasDifferences, reportLines } from './report.js';

const committed = join(projectRoot, 'results/reference');
const references = findReferences(committed);

/**
 * Of stages whose parameters have another form since, before anything was computed with the present one. The numbers of
 * their tables are those of the commit in their manifest.
 */
const olderForm = [
  'gpu/mnist-halves-corrnet',
  'mnist-halves-corrnet',
  'mnist-halves-settings',
  'mnist-halves-validation',
];

const needsCopy = ({ manifests }: Reference): boolean =>
  manifests.some(({ manifest }) => Object.keys(dataOfCommand(manifest.command)).length > 0);
const embedded = references.filter((one) => one.kept === undefined && !needsCopy(one));

describe('committed references on embedded data', () => {
  const found = new Map<string, Checked>();
  beforeAll(async () => {
    for (const one of embedded) found.set(one.name, await checkReference(one, {}));
  }, 120_000);

  it('are most of them, those on copies are skipped, and each is kept for a reason', async () => {
    expect(embedded.length).toBeGreaterThanOrEqual(13);
    const [first] = references.filter(needsCopy);
    const skipped = await checkReference(first as Reference, {});
    expect(skipped.skipped).toBe(skipped.stages);
    expect(references.filter(({ kept }) => kept !== undefined).map(({ name }) => name)).toEqual(
      [...keptNames].sort(),
    );
  });

  it.each(embedded.map(({ name }) => name).filter((name) => !olderForm.includes(name)))(
    '%s: every stage has the identity in its manifest',
    (name) => {
      const { same, stages, differences } = found.get(name) as Checked;
      expect(differences).toEqual([]);
      expect(same).toBe(stages);
      expect(stages).toBeGreaterThan(4);
    },
  );

  it.each(olderForm)('%s: stages of an older form are told as such', (name) => {
    const { differing, differences } = found.get(name) as Checked;
    expect(differing).toBeGreaterThan(0);
    expect(differences.join('\n')).toMatch(
      /^\S+: "(rbm|bimodal-deep-autoencoder) .*" and \d+ more of its kind had another identity at [0-9a-f]{7} on (ort|cuda): /m,
    );
  });
});

describe('a reference that is kept because of its front end', () => {
  it.each(['ngiam2011-amd-epyc', 'ngiam2011-intel-xeon'])('%s does differ', async (name) => {
    const one = references.find((reference) => reference.name === name) as Reference;
    const { differing } = await checkReference(
      { ...one, kept: undefined, manifests: one.manifests.slice(-1) },
      {},
    );
    expect(differing).toBeGreaterThan(0);
  });
});

/** A copy of one reference, changed. */
async function changed(name: string, change: (manifest: Raw) => void): Promise<Checked> {
  const root = temporaryDirectory();
  cpSync(join(committed, name), join(root, name), { recursive: true });
  const path = join(root, name, 'manifest.json');
  const manifest: Raw = JSON.parse(readFileSync(path, 'utf8'));
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
  return checkReference(findReferences(root)[0] as Reference, {});
}

type Raw = ReturnType<typeof JSON.parse>;
const small = 'compare-contrastive-validation';

describe('a reference that differs', () => {
  it('names the stage, and the parameters that the configuration had then', async () => {
    const result = await changed('ngiam2011-mcgurk-corpus', (manifest) => {
      manifest.config.file = 'configs/ngiam2011/units-training.yaml';
    });
    expect(result.differing).toBeGreaterThan(0);
    expect(result.differences.join('\n')).toContain(
      'the manifest has 18 experiments and the configuration 27',
    );

    const swept = await changed(small, (manifest) => {
      manifest.config.overrides = ['models.contrastive.temperature=0.7', 'evaluation.folds=3'];
    });
    expect(swept.differences[0]).toMatch(
      /^compare-contrastive-validation: ".*" is computed with .*0\.7 instead of 0\.\d+/,
    );
  });

  it('is told from one of another engine, and from one whose code has changed', async () => {
    const { differing, stages, differences } = await changed(small, (manifest) => {
      manifest.engine.name = 'wasm';
    });
    expect(differing).toBe(stages);
    expect(differences[0]).toMatch(
      /had another identity at [0-9a-f]{7} on wasm: the version of \w+, the form/,
    );
  });

  it('is found when its results are not those that its manifest records', async () => {
    const { differences } = await changed(small, (manifest) => {
      manifest.files['table.json'] = '0'.repeat(64);
    });
    expect(differences[0]).toContain('table.json does not have the checksum that');
  });

  it('is reported with exit code 1, first what differs', () => {
    const checked = {
      name: 'a',
      stages: 3,
      same: 1,
      differing: 2,
      skipped: 0,
      differences: ['a: "rbm" is new'],
    };
    expect(hasDifferences({ checked })).toBe(true);
    const kept = {
      name: 'old',
      stages: 5,
      same: 0,
      differing: 0,
      skipped: 5,
      reason: 'kept',
      differences: [],
    };
    expect(reportLines([{ checked }, { checked: kept }])).toEqual([
      'a: "rbm" is new',
      '',
      'reference  stages  same  differing  skipped',
      'a               3     1          2        0',
      'old             5     0          0        5  kept',
      '2 references, 8 stages: 1 same, 2 differing, 5 skipped',
    ]);
  });
});

describe('results that were computed again', () => {
  const one = references.find(({ name }) => name === 'mnist-halves-sweep') as Reference;
  const again = (): string => {
    const out = temporaryDirectory();
    cpSync(one.folder, out, { recursive: true });
    return out;
  };

  it('are compared byte for byte, but for the manifest', () => {
    const out = again();
    writeFileSync(join(out, 'manifest.json'), '{}');
    expect(compareFiles(one, out)).toEqual({ same: 2, differing: 0, differences: [] });
  });

  it('differ in a number, in how they are written, or because one is missing', () => {
    const out = again();
    const path = join(out, 'test/table.json');
    const text = readFileSync(path, 'utf8');
    const { mean } = JSON.parse(text).rows[0].cells['left-to-right'];
    writeFileSync(path, text.replace(`"mean": ${mean}`, '"mean": 12.5'));
    rmSync(join(out, 'leaderboard.json'));
    expect(compareFiles(one, out)).toEqual({
      same: 0,
      differing: 2,
      differences: [
        'mnist-halves-sweep/leaderboard.json was not written',
        `mnist-halves-sweep/test/table.json differs: rows.0.cells.left-to-right.mean is 12.5 instead of ${mean}; the other is ${path}`,
      ],
    });
    writeFileSync(path, `${text}\n`);
    expect(compareFiles(one, out).differences[1]).toContain('differs: in how it is written');
  });
});
