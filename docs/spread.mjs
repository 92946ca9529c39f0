// How far the same tables lie apart when they are computed on other hardware, beside their spread over seeds.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const reference = 'results/reference';

/** Of two cells: points between their means, and these over the standard deviation of a difference of two runs. */
function apart(ours, theirs) {
  const points = Math.abs(ours.mean - theirs.mean);
  const spread = Math.hypot(ours.sd ?? 0, theirs.sd ?? 0);
  return { points, deviations: spread > 0 ? points / spread : undefined };
}

/** The transfer table of both engines, and how far apart they are beside their spread over seeds. */
export function gpuSpreadOf({ readJson }) {
  const [gpu, cpu] = ['gpu/mnist-halves-corrnet', 'mnist-halves-corrnet'].map((name) =>
    readJson(`${reference}/${name}/table.json`),
  );
  const rows = gpu.rows.map(({ id, label, cells }) => {
    const others = cpu.rows.find((row) => row.id === id).cells;
    return `| ${[
      label,
      ...gpu.columns.flatMap((column) => {
        const [ours, theirs] = [cells[column], others[column]];
        const { points, deviations } = apart(ours, theirs);
        const said =
          deviations !== undefined
            ? deviations.toFixed(1)
            : points === 0
              ? 'equal'
              : `${points.toFixed(2)} points`;
        return [ours.mean.toFixed(1), theirs.mean.toFixed(1), said];
      }),
    ].join(' | ')} |`;
  });
  const labels = gpu.columns.flatMap(() => ['GPU', 'CPU', 'apart, s.d.']);
  return [
    `| ${['', ...labels.map((label, i) => (i % 3 === 0 ? `${gpu.columns[i / 3]}: ${label}` : label))].join(' | ')} |`,
    `|:---|${labels.map(() => '---:|').join('')}`,
    ...rows,
    '',
    '<sub>Means over seeds 1, 2, 3; apart: their difference over the standard deviation of a difference of two runs. ' +
      '[GPU](/results/reference/gpu/mnist-halves-corrnet/table.md), [CPU](/results/reference/mnist-halves-corrnet/table.md).</sub>',
  ];
}

/** The tables and claims of two reproductions: `ngiam2011-amd-epyc/ngiam2011-intel-xeon`. */
export function processorsOf({ root, readJson }, name) {
  const folders = name.split('/').map((folder) => `${reference}/${folder}`);
  const [ours, theirs] = folders;
  const tables = readdirSync(join(root, theirs), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const cellsOf = (folder, table) => {
    const { columns, rows } = readJson(`${folder}/${table}/table.json`);
    return rows.flatMap(({ id, cells }) => columns.map((column) => [`${id}/${column}`, cells[column]]));
  };
  const compared = new Map(
    tables.map((table) => {
      const others = new Map(cellsOf(theirs, table));
      const pairs = cellsOf(ours, table).map(([cell, value]) => [value, others.get(cell)]);
      return [table, pairs.filter(([one, other]) => one?.mean != null && other?.mean != null)];
    }),
  );
  const machines = folders.map(
    (folder) => `${readJson(`${folder}/${tables[0]}/manifest.json`).cpu} ([${folder}](/${folder}))`,
  );
  const [tests, others] = folders.map((folder) =>
    readJson(`${folder}/claims.json`).claims.flatMap((claim) => claim.tests),
  );
  const turned = tests.filter((test, i) => test.verdict !== others[i]?.verdict).length;
  const pairs = [...compared.values()].flat();
  const differing = pairs.filter((pair) => !isSame(pair)).length;
  const said =
    `Of ${pairs.length} cells ${differing === 0 ? 'none has' : `${differing} have`} other values on ${machines[1]} than on ${machines[0]}, ` +
    `and ${turned === 0 ? 'none' : turned} of ${tests.length} tests of claims another verdict.`;
  if (differing === 0) return [said];
  return [
    said,
    '',
    '| table | cells | the same | apart, points: median | largest | apart, s.d.: median | largest |',
    '|:---|---:|---:|---:|---:|---:|---:|',
    ...[...compared].map(([table, both]) => spreadRow(table, both)),
    spreadRow('**all**', pairs),
    '',
    '<sub>Points between the means over the same seeds; s.d.: of a difference of two runs with other seeds.</sub>',
  ];
}

/** Whether two cells have the same value of each seed. */
const isSame = ([one, other]) => JSON.stringify(one.values) === JSON.stringify(other.values);

function spreadRow(label, pairs) {
  const both = pairs.map(([one, other]) => apart(one, other));
  const same = pairs.filter(isSame).length;
  const points = both.map((pair) => pair.points);
  const deviations = both.map((pair) => pair.deviations).filter((value) => value !== undefined);
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  const said = (values, digits) =>
    values.length === 0
      ? ['', '']
      : [median(values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `| ${[label, pairs.length, same, ...said(points, 1), ...said(deviations, 1)].join(' | ')} |`;
}
