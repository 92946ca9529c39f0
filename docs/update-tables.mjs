// Copies committed results into the documents that show them, between markers:
//
//     node docs/update-tables.mjs          rewrites the documents
//     node docs/update-tables.mjs --check  exits 1 when one is out of date (a test runs this)
//
// <!-- table: NAME --> … <!-- end -->  results/reference/NAME/table.md
// <!-- headline --> … <!-- end -->     RBM-CCA of the transfer table, beside the best published
// <!-- bench --> … <!-- end -->        results/reference/bench/bench.json
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const documents = ['README.md', 'docs/assumptions.md', 'docs/settings.md'];
const check = process.argv.includes('--check');
let stale = false;

for (const name of documents) {
  const file = new URL(name, root);
  const current = readFileSync(file, 'utf8');
  const updated = current
    .replace(/<!-- table: ([a-z0-9-]+) -->\n[\s\S]*?<!-- end -->/g, (_, table) =>
      between(`table: ${table}`, tableOf(table)),
    )
    .replace(/<!-- headline -->\n[\s\S]*?<!-- end -->/g, () => between('headline', headline()))
    .replace(/<!-- bench -->\n[\s\S]*?<!-- end -->/g, () => between('bench', benchOf()));
  if (updated === current) continue;
  stale = true;
  if (check) console.error(`${name} is out of date: run node docs/update-tables.mjs`);
  else writeFileSync(file, updated);
}
process.exit(check && stale ? 1 : 0);

function between(marker, lines) {
  return `<!-- ${marker} -->\n${lines.join('\n')}\n<!-- end -->`;
}

function read(path) {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The rows of a reference table, without heading and notes, and how they were computed. */
function tableOf(name) {
  const folder = `results/reference/${name}`;
  const rows = read(`${folder}/table.md`)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const { command, cores, cpu, engine, jobs, seeds, stages } = JSON.parse(read(`${folder}/manifest.json`));
  // Of the stages, not of the last run: that one may have continued an earlier one.
  const seconds = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0) / jobs;
  const how = `\`${command.join(' ')}\`: seeds ${seeds.join(', ')}; ${Math.ceil(seconds / 60)} minutes on ${cores} cores (${cpu}), engine ${engine.name}`;
  return [
    ...rows,
    '',
    `<sub>Accuracy in %, ours mean ± 2 s.d. (seeds). ${how}. [Notes and other formats](/${folder}/table.md).</sub>`,
  ];
}

function headline() {
  const { columns, rows, references } = JSON.parse(read('results/reference/mnist-halves-corrnet/table.json'));
  const ours = rows.find(({ id }) => id === 'rbm-cca').cells;
  const best = references.find(({ source }) => source === 'corrmcnn2017').values;
  const listed = (value) => columns.map(value).join(' / ');
  return [
    `**RBM-CCA, a model of the 2011 paper, carries what it learns from one half of a digit to the other at ` +
      `${listed((id) => ours[id].mean.toFixed(1))} %** (left to right / right to left). The best published transfer we ` +
      `know of, a convolutional network of 2017, reaches ${listed((id) => best[id].value.toFixed(1))} %.`,
  ];
}

function benchOf() {
  const cases = JSON.parse(read('results/reference/bench/bench.json'));
  const peers = [...new Set(cases.flatMap((one) => Object.keys(one.peers)))];
  const ratio = (value) => (value === undefined ? '' : value.toFixed(2));
  return [
    `| one step | mmx, ms | ${peers.map((peer) => `mmx / ${peer}`).join(' | ')} | mmx / its products alone |`,
    `|---|---:|${peers.map(() => '---:|').join('')}---:|`,
    ...cases.map(
      (one) =>
        `| ${one.case} | ${one.mmx_ms.toFixed(2)} | ${peers.map((peer) => ratio(one.peers[peer]?.ratio)).join(' | ')} | ${ratio(one.limit_ratio)} |`,
    ),
    '',
    '<sub>Median of interleaved rounds: [results/reference/bench](/results/reference/bench/bench.json).</sub>',
  ];
}
