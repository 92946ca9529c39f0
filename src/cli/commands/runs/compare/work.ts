import { existsSync } from 'node:fs';
import { nearest } from '../../../../edit-distance.js';
import { MmxError } from '../../../../errors.js';
import { comparePaired, type PairedComparison } from '../../../../evaluation/compare.js';
import type { RunCell } from '../../../../pipeline/runs/cells.js';
import { type ConfigDifference, configDifferences } from '../../../../pipeline/runs/config-difference.js';
import { mostRuns } from '../../../../report/figures/overlaid-curves.js';
import { round } from '../../../../report/text/round.js';
import { print, printJson } from '../../../output.js';
import type { CompareFlags } from './command.js';
import { compareExamples, exampleLines } from './examples.js';
import { type MeasuredRun, measuredRun } from './measured-run.js';
import { compareSeveral } from './several.js';

export interface ComparedCell extends PairedComparison {
  /** `row/column`, or `row/column → row/column` of two that differ. */
  readonly cell: string;
  readonly unit: string;
}

/** The work of `mmx runs compare`. */
export async function compareRuns(named: readonly string[], flags: CompareFlags): Promise<void> {
  if (named.length < 2 || named.length > mostRuns) {
    const count = named.length === 1 ? 'one is named' : `${named.length} are named`;
    throw new MmxError('cli/usage', `mmx runs compare compares two to ${mostRuns} runs, and ${count}`, {
      exitCode: 2,
      hint: 'mmx runs ls lists them',
    });
  }
  const sides = named.map((text) => sideOf(text, flags));
  const [a, b] = sides;
  const isPair = sides.length === 2 && sides.every(({ cells }) => cells.length > 0);
  if (a && b && isPair && flags.csv !== true) return comparePair(a, b, flags);
  if (flags.examples) {
    throw new MmxError(
      'cli/usage',
      '--examples compares two runs that were evaluated, and goes without --csv',
      {
        exitCode: 2,
      },
    );
  }
  compareSeveral(sides, flags);
}

async function comparePair(a: MeasuredRun, b: MeasuredRun, flags: CompareFlags): Promise<void> {
  const pairs = pairsOf(a, b);
  const cells = pairs.flatMap(([left, right]): ComparedCell[] => {
    const found = comparePaired(left, right);
    const cell = left.name === right.name ? left.name : `${left.name} → ${right.name}`;
    return found ? [{ cell, unit: left.unit, ...found }] : [];
  });
  if (cells.length === 0) throw nothingInCommon(a, b, pairs.length > 0);
  const config = configDifferences(pairs.map(([left, right]) => [left.experiment, right.experiment]));
  const conclusion = conclusionOf(cells);
  const examples = flags.examples ? await compareExamples(a, b, pairs, flags) : undefined;
  const notes = [...notesOf(a, b, pairs, cells.length), ...(examples ? [] : [withoutExamples])];
  if (flags.json) {
    printJson({
      a: a.name,
      b: b.name,
      cells: cells.map(rounded),
      ...(examples && { examples }),
      config,
      notes,
      conclusion,
    });
    return;
  }
  print(`A  ${a.name}`, `B  ${b.name}`, '');
  print(...cellLines(cells));
  if (examples) print('', ...exampleLines(examples));
  print('', ...configLines(config, pairs), '');
  for (const note of notes) print(note);
  print(conclusion);
}

/** Percentages as in `table.json`. */
const rounded = (cell: ComparedCell): ComparedCell => ({
  ...cell,
  first: round(cell.first),
  second: round(cell.second),
  difference: round(cell.difference),
  sd: cell.sd === null ? null : round(cell.sd),
  interval: cell.interval === null ? null : [round(cell.interval[0]), round(cell.interval[1])],
});

const withoutExamples = 'Not tested over test examples: --examples does (McNemar).';

/** Splits `RUN:row/column`; a folder whose name has a colon is taken as it is. */
function sideOf(text: string, { data, examples }: CompareFlags): MeasuredRun {
  const match = existsSync(text) ? null : /^(.*):([^:]+\/[^:]+)$/.exec(text);
  const [run, cell] = [match?.[1] ?? text, match?.[2]];
  const found = measuredRun(run, data, examples === true);
  if (cell === undefined) return found;
  const names = found.cells.map(({ name }) => name);
  const one = found.cells.find(({ name }) => name === cell);
  if (one) return { ...found, name: `${found.name}:${cell}`, cells: [one] };
  const near = nearest(cell, names);
  throw new MmxError('runs/cell', `${run} has no cell ${cell}`, {
    exitCode: 2,
    hint: near ? `did you mean ${near}?` : `cells: ${names.join(', ')}`,
  });
}

/** Cells of the same name; two single ones whatever their names. */
function pairsOf(a: MeasuredRun, b: MeasuredRun): readonly (readonly [RunCell, RunCell])[] {
  const [one, other] = [a.cells[0], b.cells[0]];
  if (one && other && a.cells.length === 1 && b.cells.length === 1) return [[one, other]];
  const named = new Map([...b.cells].reverse().map((cell) => [cell.name, cell]));
  return a.cells.flatMap((left): [RunCell, RunCell][] => {
    const right = named.get(left.name);
    return right ? [[left, right]] : [];
  });
}

function nothingInCommon(a: MeasuredRun, b: MeasuredRun, shareCells: boolean): MmxError {
  const what = shareCells ? 'no seed' : 'no cell';
  return new MmxError('runs/nothing-in-common', `${a.name} and ${b.name} have ${what} in common`, {
    exitCode: 2,
    hint: shareCells
      ? 'run one of them with the seeds of the other'
      : 'name one cell of each: RUN:row/column',
  });
}

function notesOf(
  a: MeasuredRun,
  b: MeasuredRun,
  pairs: readonly (readonly [RunCell, RunCell])[],
  compared: number,
): string[] {
  const left = Math.max(a.cells.length, b.cells.length) - compared;
  const byOrder = !(a.knowsSeeds && b.knowsSeeds);
  return [
    ...(left > 0
      ? [`${left} ${left === 1 ? 'cell has' : 'cells have'} no counterpart or no seed in common.`]
      : []),
    ...(pairs.some(([one, other]) => one.unit !== other.unit)
      ? ['The two sides measure different things.']
      : []),
    ...(byOrder ? ['No manifest tells the seeds of one side: values are paired in their order.'] : []),
  ];
}

/** One sentence. Differences whose interval leaves out 0 are told from the rest. */
export function conclusionOf(cells: readonly ComparedCell[]): string {
  const [only] = cells;
  if (only && cells.length === 1) return sentenceOf(only);
  const tested = cells.filter(({ interval }) => interval !== null);
  const identical = cells.filter(({ difference, sd }) => difference === 0 && !sd).length;
  if (identical === cells.length) return `All ${cells.length} cells are equal.`;
  if (tested.length === 0) {
    return `${cells.length - identical} of ${cells.length} cells differ, and with one value a cell nothing says whether by more than chance.`;
  }
  const higher = tested.filter(({ interval }) => interval && interval[0] > 0).length;
  const lower = tested.filter(({ interval }) => interval && interval[1] < 0).length;
  const open = tested.length - higher - lower;
  const fixed = cells.filter((cell) => cell.interval === null && cell.difference !== 0).length;
  const single =
    fixed === 0 ? '' : `; ${fixed} more with one value a side ${fixed === 1 ? 'differs' : 'differ'}`;
  return (
    `Of ${tested.length} ${tested.length === 1 ? 'cell' : 'cells'} with several seeds, B is higher in ${higher} and lower in ${lower}, ` +
    `and in ${open} the 95 % interval holds zero (of equals, about one in twenty would not)${single}.`
  );
}

function sentenceOf({ difference, interval, seeds, cell }: ComparedCell): string {
  const by = `${Math.abs(difference).toFixed(2)} points`;
  const side = difference > 0 ? 'higher' : 'lower';
  if (difference === 0 && (interval === null || interval[0] === interval[1]))
    return `A and B are equal on ${cell}.`;
  if (interval === null) {
    return `B is ${by} ${side} on ${cell}, and one ${seeds === null ? 'value' : 'seed'} cannot say whether by more than chance.`;
  }
  const [low, high] = interval;
  const range = `95 % interval ${signed(low)} to ${signed(high)}, ${seeds?.length ?? 0} seeds`;
  if (low > 0 || high < 0) return `B is ${by} ${side} on ${cell} (${range}).`;
  return `No difference is shown on ${cell}: ${signed(difference)} points (${range}).`;
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function cellLines(cells: readonly ComparedCell[]): string[] {
  const width = Math.max(4, ...cells.map(({ cell }) => cell.length));
  const head = `${'cell'.padEnd(width)}  ${'A'.padStart(7)}  ${'B'.padStart(7)}  ${'B − A'.padStart(7)}  ${'95 % interval'.padEnd(18)}  ${'p'.padStart(7)}  seeds`;
  const lines = cells.map(({ cell, first, second, difference, interval, p, seeds }) => {
    const range = interval === null ? '–' : `${signed(interval[0])} to ${signed(interval[1])}`;
    const chance = p === null ? '–' : p < 0.0001 ? '< 1e-4' : p.toFixed(4);
    return [
      cell.padEnd(width),
      first.toFixed(2).padStart(7),
      second.toFixed(2).padStart(7),
      signed(difference).padStart(7),
      range.padEnd(18),
      chance.padStart(7),
      seeds === null ? 'none' : seeds.join(','),
    ].join('  ');
  });
  return [head, ...lines];
}

function configLines(
  differences: readonly ConfigDifference[],
  pairs: readonly (readonly [RunCell, RunCell])[],
): string[] {
  if (pairs.every(([a, b]) => a.experiment === null || b.experiment === null)) {
    return ['configuration: not recorded on both sides'];
  }
  if (differences.length === 0) return ['configuration: the same'];
  const lines = differences.map(({ path, a, b, cells }) => {
    const where = cells === pairs.length ? '' : `  (${cells} of ${pairs.length} cells)`;
    return `  ${path}: ${shown(a)} → ${shown(b)}${where}`;
  });
  return ['configuration, A → B:', ...lines];
}

/** Characters of a value: it is of somebody's configuration, and shown in a line. */
const mostCharacters = 1000;

function shown(value: unknown): string {
  const text = value === undefined ? 'not set' : JSON.stringify(value);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
