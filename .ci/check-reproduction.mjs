/**
 * Reads what `mmx reproduce <paper> --smoke` wrote: every table with all of its cells, the nine claims, the figure.
 * Tables that the paper's list leaves out are not there, and claims about them cannot be tested.
 * At this scale the numbers mean nothing; that they are there, of real runs, is what is checked.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory] = process.argv.slice(2);
const json = (...parts) => JSON.parse(readFileSync(join(directory, ...parts), 'utf8'));
const fail = (sentence) => {
  console.error(sentence);
  process.exit(1);
};

/** Rows and cells that the configs ask for. */
const expected = {
  table1a: [4, 4],
  table1b: [4, 4],
  table2: [6, 16],
  table3: [9, 27],
  table4: [4, 8],
  controls: [6, 18],
  units: [3, 9],
};

const leftOut = existsSync(join(directory, 'left-out.json')) ? json('left-out.json') : {};
const claimsOf = { table3: [6] };

for (const [name, [rowCount, cellCount]] of Object.entries(expected)) {
  if (name in leftOut) {
    if (existsSync(join(directory, name))) fail(`${name} is there, and said to be left out`);
    continue;
  }
  const { rows, synthetic } = json(name, 'table.json');
  const cells = rows.flatMap(({ cells }) => Object.values(cells));
  if (rows.length !== rowCount || cells.length !== cellCount) {
    fail(`${name} has ${rows.length} rows and ${cells.length} cells, not ${rowCount} and ${cellCount}`);
  }
  if (!synthetic) fail(`${name} does not say that its corpus is synthetic`);
  for (const { mean, values, n } of cells) {
    if (!(mean >= 0 && mean <= 100) || values.length !== n) fail(`${name} has a cell that is no percentage`);
  }
  const { stages, engine } = json(name, 'manifest.json');
  if (!engine || stages.length === 0) fail(`${name} has a manifest without stages or engine`);
}

const noisy = json('table2', 'table.json').rows[0].cells.noisy;
if (new Set(noisy.values).size < 2) fail('all draws of the noise gave one accuracy');

const { claims } = json('claims.json');
if (claims.length !== 9) fail(`there are ${claims.length} claims, not 9`);
const untested = claims.filter(({ verdict }) => verdict === 'not testable').map(({ number }) => number);
const untestable = Object.keys(leftOut).flatMap((name) => claimsOf[name] ?? []);
if (untested.join() !== untestable.join())
  fail(
    `claims that could not be tested: ${untested.join(', ')}; those of tables left out: ${untestable.join(', ')}`,
  );

const figure = readFileSync(join(directory, 'figure4.png'));
if (figure.subarray(1, 4).toString() !== 'PNG' || figure.length < 10_000) fail('figure4.png is no picture');
const report = readFileSync(join(directory, 'README.md'), 'utf8');
if (!report.includes('figure4.png')) fail('README.md does not show the figure');
console.log('every table, the claims and the figure are there');
