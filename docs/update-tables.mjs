// Copies committed results into the documents that show them, between markers:
//
//     node docs/update-tables.mjs          rewrites the documents
//     node docs/update-tables.mjs --check  exits 1 when one is out of date (a test runs this)
//
// NAME is a folder of results/reference/. Where it is not there, its blocks say "Not computed yet."
//
// <!-- table: NAME --> … <!-- end -->           NAME/table.md; of a reproduction NAME/TABLE
// <!-- leaderboard: NAME --> … <!-- end -->     NAME/leaderboard.md, of a sweep
// <!-- claims: NAME --> … <!-- end -->          NAME/claims.json: every claim and its verdict
// <!-- claim: NAME/NUMBER --> … <!-- end -->    the tests of one of them
// <!-- figure: NAME/FILE.png --> … <!-- end -->
// <!-- headline --> … <!-- end -->              RBM-CCA of the transfer table, beside the best published
// <!-- bench: NAME --> … <!-- end -->           bench/NAME.json; bench/bench.json without a name
// <!-- benchnetworks: NAME --> … <!-- end -->   bench/NAME.json, of `--networks`
// <!-- benchblas: NAME --> … <!-- end -->       bench/NAME.json, of bench/blas.js
// <!-- gpubench --> … <!-- end -->              gpu/bench.json; `gpubench: paper` of the paper's layers alone
// <!-- gputimes --> … <!-- end -->              gpu/times.json, beside the time of the table on the CPU
// <!-- gpuspread --> … <!-- end -->             the transfer table of GPU and CPU
// <!-- processors: NAME/OTHER --> … <!-- end --> how far the tables and claims of two reproductions lie apart
// <!-- gpuchecks --> … <!-- end -->             gpu/checks.json and gpu/suite.json
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { blocksOf } from './blocks.mjs';

const { check, root } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    /** Another copy of the documents and results; for tests. */
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  },
}).values;
const inDocs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const documents = ['README.md', 'bench/README.md', ...inDocs.sort().map((name) => `docs/${name}`)];
const block = blocksOf(root);
let stale = false;

for (const name of documents) {
  const file = join(root, name);
  const current = readFileSync(file, 'utf8');
  const updated = current.replace(
    /<!-- ([a-z]+)(?:: ([a-zA-Z0-9./-]+))? -->\n[\s\S]*?<!-- end -->/g,
    (_, kind, of = '') => {
      const marker = of === '' ? kind : `${kind}: ${of}`;
      return `<!-- ${marker} -->\n${block(kind, of).join('\n')}\n<!-- end -->`;
    },
  );
  if (updated === current) continue;
  stale = true;
  if (check) console.error(`${name} is out of date: run node docs/update-tables.mjs`);
  else writeFileSync(file, updated);
}
process.exitCode = check && stale ? 1 : 0;
