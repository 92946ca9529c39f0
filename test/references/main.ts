/** `npm run references`: whether the present code would compute the committed results. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localCorpora } from '../../src/cli/options/corpora.js';
import { nearest } from '../../src/edit-distance.js';
import { packageRoot } from '../../src/package-root.js';
import type { LocalCorpora } from '../../src/pipeline/plan/resolve.js';
import { checkReference } from './check.js';
import { findReferences, type Reference } from './find.js';
import { recompute } from './recompute.js';
import { type Found, hasDifferences, reportLines } from './report.js';

const usage = `npm run references -- [options] [NAME...]
  NAME              folders of results/reference (all)
  --data NAME=DIR   your copy of a corpus (repeatable); references that need one are skipped without
  --recompute       compute them anew in a temporary folder, too, and compare the results
  --jobs N          worker processes of that
  --help`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', multiple: true, default: [] },
    recompute: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else await check(chosen(findReferences(join(packageRoot(), 'results/reference'))));

function chosen(references: readonly Reference[]): readonly Reference[] {
  const names = references.map(({ name }) => name);
  for (const name of positionals) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    refuse(
      `there is no reference ${name}; ${near ? `did you mean ${near}?` : `there are ${names.join(', ')}`}`,
    );
  }
  return references.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
}

function copiesNamed(): LocalCorpora {
  try {
    return values.data.reduce<LocalCorpora>((before, text) => localCorpora(text, before), {});
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return refuse(`--data: ${error.message}`);
  }
}

function refuse(sentence: string): never {
  console.error(`${sentence}\n${usage}`);
  process.exit(2);
}

async function check(references: readonly Reference[]): Promise<void> {
  const copies = copiesNamed();
  const directory = values.recompute ? mkdtempSync(join(tmpdir(), 'mmx-references-')) : '';
  const found: Found[] = [];
  for (const reference of references) {
    process.stderr.write(`${reference.name}\n`);
    const checked = await checkReference(reference, copies);
    const isComputed = values.recompute && checked.reason === undefined;
    found.push({
      checked,
      ...(isComputed ? { recomputed: recompute(reference, { copies, directory, jobs: values.jobs }) } : {}),
    });
  }
  for (const line of reportLines(found)) console.log(line);
  const hasFailed = found.some(hasDifferences);
  if (hasFailed) process.exitCode = 1;
  else if (values.recompute) rmSync(directory, { recursive: true, force: true });
}
