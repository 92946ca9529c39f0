import type { Writable } from 'node:stream';
import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import type { RunEvent, RunObserver } from '../../pipeline/run/events.js';
import { oneLine } from '../table/layout.js';
import { colourAllowed, type Paint, painter } from '../text/colour.js';
import { cut, displayWidth } from '../text/columns.js';
import {
  formatDuration,
  formatRate,
  formatTimeLeft,
  fractionOf,
  RunMeter,
  type RunningStage,
} from './meter.js';

export type ProgressMode = 'bars' | 'lines' | 'silent';

/** The part of a stream that matters here: `process.stderr` fits. */
export type ProgressStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface ProgressOptions {
  readonly mode?: ProgressMode;
  /** What the run is made of: `stage` when absent. */
  readonly noun?: string;
  /** What the rate of a stage counts that does not say so itself, as in `12.3 MB/s`. */
  readonly unit?: string;
  /** `process.stderr` when absent: results alone go to the standard output. */
  readonly stream?: ProgressStream;
  /** As `colourAllowed` says when absent. */
  readonly colour?: boolean;
  /** A clock in seconds. */
  readonly now?: () => number;
}

/** Bars on a terminal, lines elsewhere, nothing under `--quiet` and `--json`. */
export function progressMode(
  flags: { readonly quiet?: boolean; readonly json?: boolean },
  stream: ProgressStream = process.stderr,
): ProgressMode {
  if (flags.quiet === true || flags.json === true) return 'silent';
  return stream.isTTY === true && process.env.TERM !== 'dumb' ? 'bars' : 'lines';
}

/** An observer that shows a run to people. Errors of stages are left to whoever reports the run's error. */
export function createProgress(options: ProgressOptions = {}): RunObserver {
  const stream = options.stream ?? process.stderr;
  const mode = options.mode ?? progressMode({}, stream);
  if (mode === 'silent') return () => {};
  const paint = painter(options.colour ?? colourAllowed(stream));
  const now = options.now ?? (() => performance.now() / 1000);
  const meter = new RunMeter(now);
  const words = { noun: options.noun ?? 'stage', unit: options.unit };
  const show =
    mode === 'bars' ? showBars(stream, meter, paint, words) : showLines(stream, meter, paint, words, now);
  return (event) => {
    const shown = visibleEvent(event);
    meter.observe(shown);
    show(shown);
  };
}

/** What a run is made of, and what rates count. */
interface Words {
  readonly noun: string;
  readonly unit: string | undefined;
}

/** The event with every text of it on one line: labels and messages come from files of others. */
function visibleEvent(event: RunEvent): RunEvent {
  const members = Object.entries(event).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' ? oneLine(value) : value,
  ]);
  const shown = Object.fromEntries(members) as RunEvent;
  if (shown.type !== 'stage-progress') return shown;
  const { note, unit, ...progress } = shown.progress;
  return {
    ...shown,
    progress: {
      ...progress,
      ...(unit === undefined ? {} : { unit: oneLine(unit) }),
      ...(note === undefined ? {} : { note: oneLine(note) }),
    },
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The lines that stay on the screen in both modes; undefined for events that leave none. */
function lineOf(
  event: RunEvent,
  meter: RunMeter,
  paint: Paint,
  noun: string,
  width = Number.POSITIVE_INFINITY,
): string | undefined {
  switch (event.type) {
    case 'run-start': {
      if (event.run === 0) return `nothing to run, ${count(event.reused, noun)} stored`;
      const processes = event.jobs > 1 ? ` in ${event.jobs} processes` : '';
      return `${count(event.run, noun)} to run${processes}, ${event.reused} stored`;
    }
    case 'submitted': {
      const found = event.found === 0 ? '' : `${count(event.found, noun)} in the queue already`;
      const made =
        event.stages === 0
          ? ''
          : `${count(event.stages, noun)} submitted as ${count(event.arrays, 'job array')}`;
      return `slurm    ${[made, found].filter(Boolean).join(', ')}  (run ${event.run}; Ctrl-C ends the waiting, not the jobs)`;
    }
    case 'stage-done': {
      const left = meter.secondsLeft;
      const rest =
        left === undefined || meter.ended === meter.stages ? '' : `, about ${formatTimeLeft(left)} left`;
      return doneLine(
        event.label,
        [`  ${formatDuration(event.seconds)}  [${meter.ended}/${meter.stages}`, `${rest}]`],
        width,
      );
    }
    case 'stage-reused':
      return event.meanwhile ? `stored   ${event.label}  (by another run)` : undefined;
    case 'stage-failed':
      return `${paint('failed', 'red')}   ${event.label}`;
    case 'stage-skipped':
      return `${paint('skipped', 'yellow')}  ${event.label}  (needs ${event.because})`;
    case 'warning': {
      const about = event.label === undefined ? '' : `${event.label}: `;
      return `${paint('warning', 'yellow')}  ${about}${event.message}`;
    }
    case 'interrupted':
      return `${event.signal}: stopping at the next checkpoints (once more to stop at once)`;
    default:
      return undefined;
  }
}

/** Columns of a label that say what it is. */
const leastLabel = 12;

/** On a narrow terminal the time left goes first, then the end of the label: a line that breaks spoils the bars. */
function doneLine(label: string, [time, rest]: readonly [string, string], width: number): string {
  const head = 'done     ';
  const whole = `${head}${label}${time}${rest}`;
  if (displayWidth(whole) <= width) return whole;
  const room = width - head.length - displayWidth(time);
  return room - displayWidth(rest) >= leastLabel
    ? `${head}${cut(label, room - displayWidth(rest))}${time}${rest}`
    : `${head}${cut(label, Math.max(leastLabel, room - 1))}${time}]`;
}

/** Silence between two lines about one running stage. */
const lineSeconds = 15;

function showLines(
  stream: ProgressStream,
  meter: RunMeter,
  paint: Paint,
  { noun, unit }: Words,
  now: () => number,
): (event: RunEvent) => void {
  const lastLine = new Map<string, number>();
  return (event) => {
    if (event.type === 'stage-start') {
      lastLine.set(event.hash, now());
      stream.write(`start    ${event.label}\n`);
      return;
    }
    if (event.type === 'stage-progress') {
      const last = lastLine.get(event.hash) ?? Number.NEGATIVE_INFINITY;
      const stage = meter.running.get(event.hash);
      if (stage === undefined || now() - last < lineSeconds) return;
      lastLine.set(event.hash, now());
      stream.write(`         ${event.label}  ${describe(event.hash, stage, meter, unit)}\n`);
      return;
    }
    const line = lineOf(event, meter, paint, noun);
    if (line !== undefined) stream.write(`${line}\n`);
  };
}

/** `37 %  12.3/s  epoch 3/8  reconstruction 12.4`. */
function describe(hash: string, stage: RunningStage, meter: RunMeter, unit: string | undefined): string {
  const rate = meter.rateOf(hash);
  const counted = stage.progress?.unit ?? unit;
  const left = meter.secondsLeftOf(hash);
  const parts = [
    `${Math.floor(100 * fractionOf(stage))} %`,
    ...(rate === undefined ? [] : [`${formatRate(rate)}${counted === undefined ? '' : ` ${counted}`}/s`]),
    ...(stage.progress?.note === undefined ? [] : [stage.progress.note]),
    ...(left === undefined ? [] : [`about ${formatTimeLeft(left)} left`]),
  ];
  return parts.join('  ');
}

/** Steps of a bar: cli-progress counts in whole numbers, costs are any positive ones. */
const barSteps = 1000;

function showBars(
  stream: ProgressStream,
  meter: RunMeter,
  paint: Paint,
  { noun, unit }: Words,
): (event: RunEvent) => void {
  let bars: MultiBar | undefined;
  let overall: SingleBar | undefined;
  const ofStage = new Map<string, SingleBar>();
  const labelWidth = () => Math.max(12, Math.min(36, Math.floor((stream.columns ?? 80) / 3)));
  const clip = (label: string) => {
    const width = labelWidth();
    return label.length > width ? `${label.slice(0, width - 1)}…` : label.padEnd(width);
  };

  const open = () => {
    bars = new cliProgress.MultiBar(
      {
        stream,
        format: '{label} {bar} {text}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 20,
        fps: 5,
        hideCursor: true,
        clearOnComplete: true,
        // The run itself handles signals; a handler here would end the display before the checkpoints are taken.
        gracefulExit: false,
        emptyOnZero: true,
      },
      cliProgress.Presets.shades_classic,
    );
    overall = bars.create(barSteps, 0, { label: clip(`all ${noun}s`), text: '' });
  };

  const refresh = () => {
    const left = meter.secondsLeft;
    const text = `${meter.ended}/${meter.stages} ${noun}s${left === undefined ? '' : `, about ${formatTimeLeft(left)} left`}`;
    overall?.update(Math.round((barSteps * meter.done) / Math.max(meter.cost, Number.MIN_VALUE)), { text });
  };

  const close = (hash: string) => {
    const bar = ofStage.get(hash);
    ofStage.delete(hash);
    if (bar !== undefined) bars?.remove(bar);
  };

  return (event) => {
    switch (event.type) {
      case 'stage-start': {
        const before = ofStage.get(event.hash); // of a worker that was killed
        if (before !== undefined) bars?.remove(before);
        const bar = bars?.create(barSteps, 0, { label: clip(event.label), text: '' });
        if (bar !== undefined) ofStage.set(event.hash, bar);
        break;
      }
      case 'stage-progress': {
        const stage = meter.running.get(event.hash);
        if (stage === undefined) break;
        const text = describe(event.hash, stage, meter, unit);
        ofStage.get(event.hash)?.update(Math.round(barSteps * fractionOf(stage)), { text });
        break;
      }
      case 'stage-done':
      case 'stage-failed':
        close(event.hash);
        break;
      case 'run-end':
        // Lines wait for the next redraw, and `stop` does not bring one.
        bars?.update();
        bars?.stop();
        bars = undefined;
        break;
      default:
        break;
    }
    refresh();
    const line = lineOf(event, meter, paint, noun, stream.columns);
    // `log` writes above the bars and takes whole lines only.
    if (line !== undefined) {
      if (bars === undefined) stream.write(`${line}\n`);
      else bars.log(`${line}\n`);
    }
    // A journal that somebody changed may have it begin twice.
    if (event.type === 'run-start' && event.run > 0 && bars === undefined) open();
  };
}
