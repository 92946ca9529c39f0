import { visible } from '../../../src/visible.js';
import type { ReportedDefect, TargetReport } from './fuzz.js';

/** `  412,000 of 1,000,000 inputs, 41 %, 690 a second, 14 min left, 3 defects`. */
export function progressLine(done: number, all: number, defects: number, seconds: number): string {
  const rate = done / seconds;
  const left = (all - done) / rate;
  const time = left < 90 ? `${left.toFixed(0)} s` : `${(left / 60).toFixed(0)} min`;
  const share = `${((100 * done) / all).toFixed(0)} %`;
  const count = (value: number): string => value.toLocaleString('en');
  return `${count(done)} of ${count(all)} inputs, ${share}, ${rate.toFixed(0)} a second, ${time} left, ${defects} defects`;
}

/** What is wrong with a run of a target beyond its defects; empty when nothing is. */
export function weaknesses({ target, run, accepted, refused, abandoned }: TargetReport): readonly string[] {
  const { least } = target;
  const share = (count: number): string => `${((100 * count) / Math.max(1, run)).toFixed(2)} %`;
  return [
    ...(abandoned ? ['the rest was left out: too many inputs killed the process'] : []),
    // Shares of few inputs are a matter of chance.
    ...(run >= 500 && accepted < least.accepted * run
      ? [`only ${share(accepted)} of its inputs were accepted`]
      : []),
    ...(run >= 500 && refused < least.refused * run
      ? [`only ${share(refused)} of its inputs were refused`]
      : []),
  ];
}

export const hasFailed = (report: TargetReport): boolean =>
  report.defects.size > 0 || weaknesses(report).length > 0;

/** A line a target. */
export function reportTable(reports: readonly TargetReport[]): string {
  const head = [
    'target',
    'run',
    'accepted',
    'refused',
    'slowest ms',
    'at',
    'peak MB',
    'ms each',
    'unconfirmed',
    'defects',
  ];
  const lines = reports.map((report) => [
    report.target.name,
    String(report.run),
    String(report.accepted),
    String(report.refused),
    report.slowestMilliseconds.toFixed(0),
    String(report.slowest),
    (report.peakBytes / 1e6).toFixed(0),
    (report.milliseconds / Math.max(1, report.run)).toFixed(3),
    String(report.unconfirmed),
    String(report.defects.size),
    ...weaknesses(report),
  ]);
  const sum = (of: (report: TargetReport) => number): string =>
    String(reports.reduce((total, report) => total + of(report), 0));
  const all = ['all', sum(({ run }) => run), sum(({ accepted }) => accepted), sum(({ refused }) => refused)];
  const most = (of: (report: TargetReport) => number): number => Math.max(0, ...reports.map(of));
  all.push(
    most((one) => one.slowestMilliseconds).toFixed(0),
    '',
    (most((one) => one.peakBytes) / 1e6).toFixed(0),
  );
  all.push(
    '',
    sum(({ unconfirmed }) => unconfirmed),
    sum(({ defects }) => defects.size),
  );
  const rows = [head, ...lines, all];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, column) =>
          column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

const longestFile = 3000;

/** What is wrong, the command that shows it again, and its input. */
export function defectText(
  { target, signature, detail, number, count, smallest }: ReportedDefect,
  seed: number,
): string {
  const files = Object.entries(smallest?.files ?? {}).map(([name, base64]) => {
    const text = base64.startsWith('(') ? base64 : visible(Buffer.from(base64, 'base64').toString('utf8'));
    const cut = (whole: string): string =>
      whole.length > longestFile ? `${whole.slice(0, longestFile)}… (${whole.length})` : whole;
    return `  file ${name}: ${cut(base64)}\n       reads ${cut(text)}`;
  });
  const words = (smallest?.words ?? []).length === 0 ? [] : [`  words ${JSON.stringify(smallest?.words)}`];
  const stack = detail
    .split('\n')
    .slice(0, 6)
    .map((line) => `    ${visible(line).slice(0, 300)}`);
  return [
    `${target}: ${signature} (${count} inputs)`,
    ...stack,
    ...files,
    ...words,
    `  npm run fuzz -- --target ${target} --seed ${seed} --input ${number}`,
  ].join('\n');
}
