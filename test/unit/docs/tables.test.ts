import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addReproduction, copyProject, root, runScript } from './project-copy.js';

it('documents show the committed results as they are', () => {
  expect(runScript('update-tables.mjs', '--check')).toEqual({ status: 0, stderr: '' });
});

describe('update-tables', () => {
  let folder: string;
  beforeEach(() => {
    folder = copyProject();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const update = (...args: string[]) => runScript('update-tables.mjs', '--root', folder, ...args);
  const block = (document: string, marker: string): string => {
    const text = readFileSync(join(folder, document), 'utf8');
    const [, rest] = text.split(`<!-- ${marker} -->\n`);
    return rest?.split('<!-- end -->')[0] ?? `no ${marker} in ${document}`;
  };

  it('says of results that are not there that they are not computed', () => {
    update();
    expect(block('docs/ngiam2011.md', 'claims: ngiam2011')).toBe('*Not computed yet.*\n');
    expect(block('docs/ngiam2011.md', 'table: ngiam2011/table1a')).toBe('*Not computed yet.*\n');
    expect(block('README.md', 'table: mnist-halves-corrnet')).toContain('RBM-CCA');
    expect(update('--check')).toEqual({ status: 0, stderr: '' });
  });

  it('fills every block once the results are there, and takes them back when they are gone', () => {
    update();
    const before = readFileSync(join(folder, 'docs/ngiam2011.md'), 'utf8');
    const results = addReproduction(folder);
    const stale = update('--check');
    expect(stale.status).toBe(1);
    expect(stale.stderr).toContain('docs/ngiam2011.md is out of date');
    expect(update()).toEqual({ status: 0, stderr: '' });
    expect(update('--check')).toEqual({ status: 0, stderr: '' });
    const whole = readFileSync(join(folder, 'docs/ngiam2011.md'), 'utf8');
    expect(whole).not.toContain('Not computed yet');
    rmSync(results, { recursive: true });
    update();
    expect(readFileSync(join(folder, 'docs/ngiam2011.md'), 'utf8')).toBe(before);
  });

  it('shows claims and their tests, a stage that tables share counted once', () => {
    addReproduction(folder);
    update();
    const claims = block('docs/ngiam2011.md', 'claims: ngiam2011');
    // 1,200 s that seven tables share and 1,200 s of each, on two workers.
    expect(claims).toContain('80 minutes on 2 cores (Abacus), engine beads');
    expect(claims).toContain('Scale reference');
    expect(claims).toContain('**Synthetic corpus** (talking-mouth)');
    expect(claims).toContain('| 1 | Cross-modality learning helps video | 4 of 4 | **reproduced** |');
    expect(claims).toContain('| 6 | The McGurk effect |');
    const tests = block('docs/ngiam2011.md', 'claim: ngiam2011/1');
    expect(tests).toContain('**Claim 1. Cross-modality learning helps video: reproduced.**');
    expect(tests).toContain('| letters: video RBM > preprocessed video | +3.0 ± 0.0 | +8.0 | ✓ reproduced |');
    expect(tests).not.toContain('Claim 2');
  });

  it('shows how far two processors lie apart, in points and beside the spread over seeds', () => {
    addReproduction(folder, { name: 'ngiam2011-amd-epyc' });
    update();
    const processors = () =>
      block('docs/reproducing.md', 'processors: ngiam2011-amd-epyc/ngiam2011-intel-xeon');
    expect(processors()).toBe('*Not computed yet.*\n');
    addReproduction(folder, {
      name: 'ngiam2011-intel-xeon',
      cpu: 'Slide rule',
      moved: (index) => (index === 1 ? 4 : 0),
    });
    expect(update()).toEqual({ status: 0, stderr: '' });
    // Three seeds half a point apart: a standard deviation of 0.5, and 0.71 of a difference.
    expect(processors()).toContain('| table1a | 4 | 3 | 0.0 | 4.0 | 0.0 | 5.7 |');
    expect(processors()).toMatch(/\| \*\*all\*\* \| (\d+) \| \d+ \| 0\.0 \| 4\.0 \| 0\.0 \| 5\.7 \|/);
    // What came second on the one is first on the other.
    expect(processors()).toMatch(
      /^Of \d+ cells 7 have other values on Slide rule \(.* and [1-9]\d* of \d+ tests of claims/,
    );
    expect(processors()).toContain(
      'Abacus ([results/reference/ngiam2011-amd-epyc](/results/reference/ngiam2011-amd-epyc))',
    );
    addReproduction(folder, { name: 'ngiam2011-intel-xeon', cpu: 'Slide rule' });
    update();
    expect(processors()).toMatch(
      /^Of \d+ cells none has other values on .*, and none of \d+ tests of claims another verdict\.\n$/,
    );
  });

  it('refuses a marker it does not know', () => {
    writeFileSync(join(folder, 'README.md'), '<!-- tabel: ngiam2011/table1a -->\n<!-- end -->\n');
    addReproduction(folder);
    expect(update().stderr).toContain("there is no block 'tabel'");
  });
});

const pages = (directory: string): readonly string[] =>
  readdirSync(join(root, directory))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${directory}/${name}`);

it.each([
  'README.md',
  'bench/README.md',
  'results/published/README.md',
  ...pages('docs'),
  ...pages('datasets'),
])('every link of %s leads to a file', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? '');
  const broken = links.filter(
    (target) =>
      !existsSync(target.startsWith('/') ? join(root, target) : join(root, dirname(document), target)),
  );
  expect(broken).toEqual([]);
});
