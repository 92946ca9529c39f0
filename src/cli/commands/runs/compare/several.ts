import { csvField } from '../../../../csv-field.js';
import { MmxError } from '../../../../errors.js';
import { comparePaired, type PairedComparison } from '../../../../evaluation/compare.js';
import { experimentsOf, type RunCell } from '../../../../pipeline/runs/cells.js';
import { leavesOf } from '../../../../pipeline/runs/config-difference.js';
import { runLetter } from '../../../../report/figures/overlaid-curves.js';
import { summarise } from '../../../../report/table/summary.js';
import { cut, padEnd } from '../../../../report/text/columns.js';
import { round } from '../../../../report/text/round.js';
import { print, printJson, printText } from '../../../output.js';
import { runEvidence } from '../../../run/run-evidence.js';
import type { CompareFlags } from './command.js';
import type { MeasuredRun } from './measured-run.js';

/** One number of one run, and how far it is from that of the first run that has it. */
interface Entry {
  /** Letter of the run. */
  readonly run: string;
  readonly mean: number;
  /** Null of one value. */
  readonly two_sd: number | null;
  readonly values: readonly number[];
  /** Null of the first, and where no seed is common. */
  readonly difference: PairedComparison | null;
}

/** One quantity side by side. */
interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly runs: readonly Entry[];
}

interface Setting {
  readonly path: string;
  /** Runs of one value, as it is written. */
  readonly values: readonly { readonly value: string; readonly runs: readonly string[] }[];
}

const columns = 80;

/** Two to eight runs of any kind: metrics, losses and configuration side by side. */
export function compareSeveral(sides: readonly MeasuredRun[], flags: CompareFlags): void {
  const curves = sides.map(({ evidence }) => runEvidence(evidence).curves);
  const cells = sideBySide(sides.map((side) => side.cells));
  const losses = sideBySide(
    curves.map((own) =>
      own.map(({ model, quantity, lines }) => {
        const values = lines.flatMap((line) => line.at(-1)?.value ?? []);
        return { name: model, unit: quantity, seeds: null, values };
      }),
    ),
  );
  if (cells.length === 0 && losses.length === 0) {
    throw new MmxError(
      'runs/nothing-in-common',
      `${sides.map(({ name }) => name).join(', ')} have no cell and no trained model in common`,
      { exitCode: 2, hint: 'mmx runs show RUN says what a run has' },
    );
  }
  const config = settingsOf(sides);
  if (flags.csv) {
    printText(csvOf(cells, losses));
    return;
  }
  const runs = sides.map(({ name }, index) => ({ run: runLetter(index), name }));
  if (flags.json) {
    printJson({ runs, cells: cells.map(content), losses: losses.map(content), config });
    return;
  }
  print(...runs.map(({ run, name }) => cut(`${run}  ${name}`, columns)), '');
  for (const [title, quantities] of [
    ['Results: mean ± 2 s.d.; difference to the first, 95 % interval by Student’s t', cells],
    ['Last epoch of training: mean ± 2 s.d. over the seeds', losses],
  ] as const) {
    if (quantities.length > 0) print(title, ...quantities.flatMap(linesOf), '');
  }
  print(...configLines(config, sides));
}

/** Named values of each run, those that two or more runs have; of runs with one cell each, that one. */
function sideBySide(
  runs: readonly (readonly Pick<RunCell, 'name' | 'unit' | 'seeds' | 'values'>[])[],
): readonly Quantity[] {
  const single = runs.every((own) => own.length === 1);
  const names = new Set(runs.flatMap((own) => own.map((one) => `${one.name}\n${one.unit}`)));
  if (single && new Set(runs.map(([one]) => one?.unit)).size === 1 && names.size > 1) {
    const all = runs.flatMap(([one], run) => (one ? [{ run, one }] : []));
    return [quantityOf([...new Set(all.map(({ one }) => one.name))].join(' | '), all)];
  }
  return [...names].flatMap((key) => {
    const found = runs.flatMap((own, run) => {
      const one = own.find(({ name, unit }) => `${name}\n${unit}` === key);
      return one && one.values.length > 0 ? [{ run, one }] : [];
    });
    return found.length > 1 ? [quantityOf(found[0]?.one.name ?? '', found)] : [];
  });
}

type Found = { readonly run: number; readonly one: Pick<RunCell, 'unit' | 'seeds' | 'values'> };

function quantityOf(name: string, found: readonly Found[]): Quantity {
  const [first] = found;
  return {
    name,
    unit: first?.one.unit ?? '',
    runs: found.map(({ run, one }, index): Entry => {
      const { mean, sd } = summarise(one.values);
      const paired = index > 0 && first && comparable(first.one, one) ? comparePaired(first.one, one) : null;
      return {
        run: runLetter(run),
        mean,
        two_sd: sd === null ? null : 2 * sd,
        values: one.values,
        difference: paired ?? null,
      };
    }),
  };
}

/** Several values without seeds are not paired: nothing says which belong together. */
const comparable = (a: Found['one'], b: Found['one']): boolean =>
  [a, b].every(({ seeds, values }) => seeds !== null || values.length === 1);

function linesOf({ name, unit, runs }: Quantity): readonly string[] {
  const own = unit === 'accuracy_pct' ? 'accuracy in %' : unit.replaceAll('_', ' ');
  return [
    cut(`  ${name}, ${own}`, columns),
    ...runs.map(({ run, mean, two_sd, difference }) => {
      const decimals = unit === 'loss' && Math.abs(mean) < 1 ? 4 : 2;
      const value = `${figure(mean, decimals)}${two_sd === null ? '' : ` ± ${figure(two_sd, decimals)}`}`;
      return `    ${run}  ${padEnd(value, 22)}${difference === null ? '' : differenceText(difference)}`.trimEnd();
    }),
  ];
}

function differenceText({ difference, interval, seeds }: PairedComparison): string {
  const range =
    interval === null
      ? ''
      : `  (${signed(interval[0])} to ${signed(interval[1])}, ${seeds?.length ?? 1} seeds)`;
  return `${signed(difference)}${range}`;
}

/** Two decimals, as tables of percentages have; of a loss below one, four. */
const figure = (value: number, decimals: number): string => value.toFixed(decimals);
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${figure(Math.abs(value), 2)}`;

const content = ({ name, unit, runs }: Quantity): object => ({
  name,
  unit,
  runs: runs.map(({ run, mean, two_sd, values, difference }) => ({
    run,
    mean: round(mean),
    two_sd: two_sd === null ? null : round(two_sd),
    values: values.map(round),
    difference: difference && {
      value: round(difference.difference),
      interval: difference.interval === null ? null : difference.interval.map(round),
      p: difference.p,
      seeds: difference.seeds,
    },
  })),
});

function csvOf(cells: readonly Quantity[], losses: readonly Quantity[]): string {
  const rows = [...cells, ...losses].flatMap(({ name, unit, runs }) =>
    runs.map(({ run, mean, two_sd, values, difference }) => [
      name,
      unit,
      run,
      round(mean),
      two_sd === null ? null : round(two_sd),
      values.length,
      difference ? round(difference.difference) : null,
      difference?.interval ? round(difference.interval[0]) : null,
      difference?.interval ? round(difference.interval[1]) : null,
      difference?.p ?? null,
    ]),
  );
  const header = ['name', 'unit', 'run', 'mean', 'two_sd', 'n', 'difference', 'low', 'high', 'p'];
  return [header, ...rows].map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

/** Keys whose values are not those of every run; values of a run with several experiments stand in their order. */
function settingsOf(sides: readonly MeasuredRun[]): readonly Setting[] {
  const known = sides.flatMap(({ manifest }, index) =>
    manifest === undefined ? [] : [{ run: runLetter(index), leaves: experimentsOf(manifest).map(leavesOf) }],
  );
  const paths = new Set(known.flatMap(({ leaves }) => leaves.flatMap((one) => [...one.keys()])));
  return [...paths].sort().flatMap((path) => {
    const values = new Map<string, string[]>();
    for (const { run, leaves } of known) {
      const own = [...new Set(leaves.map((one) => JSON.stringify(one.get(path)) ?? 'not set'))].join(' | ');
      values.set(own, [...(values.get(own) ?? []), run]);
    }
    return values.size < 2 ? [] : [{ path, values: [...values].map(([value, runs]) => ({ value, runs })) }];
  });
}

function configLines(settings: readonly Setting[], sides: readonly MeasuredRun[]): readonly string[] {
  const unknown = sides.flatMap(({ manifest }, index) => (manifest === undefined ? [runLetter(index)] : []));
  return [
    settings.length === 0 ? 'Configuration: no difference' : 'Configuration: what differs',
    ...settings.flatMap(({ path, values }) => [
      cut(`  ${path}`, columns),
      ...values.map(({ value, runs }) => cut(`    ${runs.join(' ')}  ${value}`, columns)),
    ]),
    ...(unknown.length === 0 ? [] : [`No manifest tells the configuration of ${unknown.join(' ')}.`]),
  ];
}
