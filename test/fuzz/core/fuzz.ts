import type { Batch, BatchReport, FoundDefect } from './batch.js';
import { type Death, FuzzChild } from './child.js';
import { ownFailure, type WrittenInput } from './protocol.js';
import type { Target } from './target.js';

export interface FuzzOptions {
  readonly targets: readonly Target[];
  /** Of all targets together, shared out by their weights. */
  readonly inputs: number;
  readonly seed: number;
  readonly processes: number;
  /** Told now and then how far it is. */
  readonly progress?: (done: number, all: number, defects: number) => void;
  /** For making each defect's input smaller; 0 leaves it as it is. */
  readonly minimiseSeconds: number;
}

/** What became of the inputs of one target. */
export interface TargetReport {
  readonly target: Target;
  run: number;
  accepted: number;
  refused: number;
  slowestMilliseconds: number;
  slowest: number;
  peakBytes: number;
  /** Wall clock of the processes that ran them. */
  milliseconds: number;
  /** Inputs at which the process was killed or died, and which alone do no harm. */
  unconfirmed: number;
  /** True when so many inputs killed the process that the rest was left out. */
  abandoned: boolean;
  readonly defects: Map<string, ReportedDefect>;
}

export interface ReportedDefect extends FoundDefect {
  /** The input, as small as it could be made in the time. */
  readonly smallest?: WrittenInput;
}

/** After so many inputs that hang or kill the process, the rest of a target tells no more and takes for ever. */
const mostDeaths = 4;
const batchMilliseconds = 700;
const firstBatch = 50;

/** Runs inputs of all targets in processes of their own. */
export async function fuzz(options: FuzzOptions): Promise<readonly TargetReport[]> {
  const work = new Work(options);
  await Promise.all(Array.from({ length: options.processes }, () => lane(work)));
  if (options.minimiseSeconds > 0) await minimise(work.reports, options);
  return work.reports;
}

/** How many inputs each target is given. */
export function shares(targets: readonly Target[], inputs: number): readonly number[] {
  const sum = targets.reduce((total, { weight }) => total + weight, 0);
  return targets.map(({ weight }) => Math.max(1, Math.round((inputs * weight) / sum)));
}

interface OpenTarget {
  readonly report: TargetReport;
  /** Numbers that are not given out yet. */
  ranges: [number, number][];
  /** Processes at work on it. */
  lanes: number;
  /** Inputs that killed a process, alone too. */
  deaths: number;
}

/** What is still to be run, and what came of the rest. */
class Work {
  readonly reports: readonly TargetReport[];
  readonly #seed: number;
  readonly #all: number;
  readonly #tell: NonNullable<FuzzOptions['progress']>;
  readonly #open: readonly OpenTarget[];

  constructor({ targets, inputs, seed, progress = () => {} }: FuzzOptions) {
    const counts = shares(targets, inputs);
    this.#seed = seed;
    this.#tell = progress;
    this.#all = counts.reduce((sum, count) => sum + count, 0);
    this.reports = targets.map(emptyReport);
    this.#open = this.reports.map((report, index): OpenTarget => {
      return { report, ranges: [[0, counts[index] ?? 0]], lanes: 0, deaths: 0 };
    });
  }

  /** A target to begin with: one that nobody works on, if there is one. */
  take(): OpenTarget | undefined {
    const left = this.#open.filter(({ ranges }) => ranges.length > 0);
    const size = ({ ranges }: (typeof left)[number]) =>
      ranges.reduce((sum, [from, to]) => sum + to - from, 0);
    const [most] = left.sort((a, b) => a.lanes - b.lanes || size(b) - size(a));
    if (most) most.lanes += 1;
    return most;
  }

  next(open: OpenTarget, size: number): Batch | undefined {
    const range = open.ranges[0];
    if (range === undefined) return undefined;
    const [from, end] = range;
    const to = Math.min(end, from + size);
    if (to === end) open.ranges.shift();
    else range[0] = to;
    return { target: open.report.target.name, seed: this.#seed, from, to };
  }

  told(open: OpenTarget, report: BatchReport): void {
    add(open.report, report);
    this.progress();
  }

  /** The inputs around one that killed the process are run again without it. */
  async died(open: OpenTarget, batch: Batch, death: Death): Promise<void> {
    const { number, said } = death;
    if (said.includes(ownFailure)) throw new Error(`input ${number} of ${batch.target}: ${said}`);
    const { report } = open;
    const again = await alone({ ...batch, from: number, to: number + 1 });
    if ('what' in again) {
      const wording = (/^(?:FATAL ERROR|\w*Error).*$/m.exec(said)?.[0] ?? '').replace(/\d+/g, '#');
      const signature = `${again.what}${wording === '' ? '' : `: ${wording.slice(0, 100)}`}`;
      const known = report.defects.get(signature);
      const found = {
        target: batch.target,
        what: again.what,
        signature,
        detail: said,
        number,
        bytes: 0,
        count: 1,
      };
      report.defects.set(signature, known ? { ...known, count: known.count + 1 } : found);
      report.run += 1;
      open.deaths += 1;
    } else {
      report.unconfirmed += 1;
      add(report, again);
    }
    if (open.deaths >= mostDeaths) {
      report.abandoned = true;
      open.ranges = [];
      return;
    }
    const around: [number, number][] = [
      [batch.from, number],
      [number + 1, batch.to],
    ];
    open.ranges.unshift(...around.filter(([from, to]) => from < to));
  }

  progress(): void {
    const done = this.reports.reduce((sum, { run }) => sum + run, 0);
    const defects = this.reports.reduce((sum, report) => sum + report.defects.size, 0);
    this.#tell(done, this.#all, defects);
  }
}

/** One process after the other, a target each. */
async function lane(work: Work): Promise<void> {
  for (let open = work.take(); open !== undefined; open = work.take()) {
    let child = await FuzzChild.start(open.report.target.name);
    let size = firstBatch;
    for (let batch = work.next(open, size); batch !== undefined; batch = work.next(open, size)) {
      const outcome = await child.run(batch);
      if (!('what' in outcome)) {
        work.told(open, outcome);
        size = Math.round(
          Math.min(4 * size, Math.max(1, (batchMilliseconds * outcome.run) / outcome.milliseconds)),
        );
        continue;
      }
      child.end();
      await work.died(open, batch, outcome);
      child = await FuzzChild.start(open.report.target.name);
      size = firstBatch;
    }
    child.end();
    open.lanes -= 1;
  }
}

async function alone(batch: Batch): Promise<BatchReport | Death> {
  const child = await FuzzChild.start(batch.target);
  try {
    return await child.run(batch);
  } finally {
    child.end();
  }
}

async function minimise(
  reports: readonly TargetReport[],
  { seed, minimiseSeconds }: FuzzOptions,
): Promise<void> {
  for (const { target, defects } of reports) {
    let child: FuzzChild | undefined;
    for (const [signature, defect] of defects) {
      if (defect.bytes === 0) continue;
      child ??= await FuzzChild.start(target.name);
      const { number } = defect;
      const smallest = await child.minimise({ seed, number, signature, seconds: minimiseSeconds });
      if (smallest !== null) defects.set(signature, { ...defect, smallest });
      else {
        child.end();
        child = undefined;
      }
    }
    child?.end();
  }
}

function emptyReport(target: Target): TargetReport {
  return {
    target,
    run: 0,
    accepted: 0,
    refused: 0,
    slowestMilliseconds: 0,
    slowest: 0,
    peakBytes: 0,
    milliseconds: 0,
    unconfirmed: 0,
    abandoned: false,
    defects: new Map(),
  };
}

function add(report: TargetReport, batch: BatchReport): void {
  report.run += batch.run;
  report.accepted += batch.accepted;
  report.refused += batch.refused;
  report.milliseconds += batch.milliseconds;
  report.peakBytes = Math.max(report.peakBytes, batch.peakBytes);
  if (batch.slowestMilliseconds > report.slowestMilliseconds) {
    report.slowestMilliseconds = batch.slowestMilliseconds;
    report.slowest = batch.slowest;
  }
  for (const found of batch.defects) {
    const known = report.defects.get(found.signature);
    const count = (known?.count ?? 0) + found.count;
    const smaller = known === undefined || found.bytes < known.bytes ? found : known;
    report.defects.set(found.signature, { ...smaller, count });
  }
}
