import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MmxError } from '../../../../src/errors.js';
import type { RunEvent, RunObserver } from '../../../../src/pipeline/run/events.js';
import {
  formatDuration,
  formatRate,
  formatTimeLeft,
  RunMeter,
} from '../../../../src/report/progress/meter.js';
import {
  createProgress,
  type ProgressMode,
  type ProgressStream,
  progressMode,
} from '../../../../src/report/progress/progress.js';

class Screen extends Writable {
  text = '';
  readonly columns: number = 100;
  constructor(readonly isTTY: boolean) {
    super();
  }
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const stage = (label: string) => ({ hash: `hash of ${label}`, kind: 'rbm', label });
const at = (label: string, done: number, note?: string): RunEvent => ({
  type: 'stage-progress',
  ...stage(label),
  progress: { done, total: 100, ...(note === undefined ? {} : { note }) },
});

let clock = 0;
beforeEach(() => {
  clock = 1000;
});

/** A run of two stages, of cost 30 and 10, on a clock set by hand. */
function play(observe: RunObserver): void {
  observe({ type: 'run-start', run: 4, reused: 2, cost: 42, jobs: 2 });
  observe({ type: 'stage-start', ...stage('left'), cost: 30 });
  observe({ type: 'stage-start', ...stage('right'), cost: 10 });
  observe(at('left', 0));
  clock += 5;
  observe(at('left', 20, 'epoch 1/5'));
  clock += 5;
  observe({ type: 'stage-done', ...stage('right'), cost: 10, seconds: 9.87 });
  clock += 5;
  observe(at('left', 60, 'epoch 3/5'));
  clock += 5;
  observe(at('left', 70, 'epoch 4/5'));
  observe({ type: 'warning', message: 'A checkpoint is damaged.', label: 'left' });
  observe({ type: 'stage-failed', ...stage('left'), error: new MmxError('x/y', 'The weights diverged.') });
  observe({ type: 'stage-skipped', ...stage('joint'), because: 'left' });
  observe({ type: 'interrupted', signal: 'SIGINT' });
  observe({ type: 'run-end', seconds: 20 });
}

function record(mode: ProgressMode, options: { tty?: boolean; colour?: boolean } = {}): string {
  const screen = new Screen(options.tty ?? false);
  play(createProgress({ mode, stream: screen, colour: options.colour ?? false, now: () => clock }));
  return screen.text;
}

describe('lines', () => {
  it('tell of starts and ends, and at most every 15 seconds of a running stage', () => {
    expect(record('lines')).toBe(
      [
        '4 stages to run in 2 processes, 2 stored',
        'start    left',
        'start    right',
        'done     right  9.9 s  [1/4, about 16 s left]',
        '         left  60 %  4.00/s  epoch 3/5  about 10 s left',
        'warning  left: A checkpoint is damaged.',
        'failed   left',
        'skipped  joint  (needs left)',
        'SIGINT: stopping at the next checkpoints (once more to stop at once)',
        '',
      ].join('\n'),
    );
  });

  it('are coloured only where that is allowed', () => {
    const plain = record('lines');
    const coloured = record('lines', { colour: true });
    expect(coloured).toContain('\u001b[31mfailed\u001b[39m');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('say so when there is nothing to do', () => {
    const screen = new Screen(false);
    const observe = createProgress({ mode: 'lines', stream: screen });
    observe({ type: 'run-start', run: 0, reused: 1, cost: 0, jobs: 2 });
    observe({ type: 'run-end', seconds: 0 });
    expect(screen.text).toBe('nothing to run, 1 stage stored\n');
  });
});

describe('bars', () => {
  afterEach(() => vi.useRealTimers());

  it('show the run and each running stage, and leave the lines and a visible cursor behind', () => {
    vi.useFakeTimers();
    const screen = new Screen(true);
    const observe = createProgress({ mode: 'bars', stream: screen, colour: false, now: () => clock });
    observe({ type: 'run-start', run: 2, reused: 0, cost: 40, jobs: 2 });
    observe({ type: 'stage-start', ...stage('left'), cost: 30 });
    observe({ type: 'stage-start', ...stage('right'), cost: 10 });
    observe(at('left', 0));
    clock += 10;
    observe(at('left', 40, 'epoch 2/5'));
    vi.advanceTimersByTime(500);
    const shown = stripVTControlCharacters(screen.text);
    expect(shown).toMatch(/all stages +█+░+ 0\/2 stages, about 23 s left/);
    expect(shown).toMatch(/left +█{8}░{12} 40 % {2}4\.00\/s {2}epoch 2\/5/);
    expect(shown).toMatch(/right +░{20}/);
    observe({ type: 'stage-done', ...stage('left'), cost: 30, seconds: 20 });
    observe({ type: 'stage-done', ...stage('right'), cost: 10, seconds: 21 });
    observe({ type: 'run-end', seconds: 21 });
    vi.advanceTimersByTime(500);
    const final = stripVTControlCharacters(screen.text);
    expect(final).toMatch(/done {5}left {2}20 s {2}\[1\/2/);
    expect(final).toMatch(/done {5}right {2}21 s {2}\[2\/2\]/);
    expect(screen.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.text.lastIndexOf('\u001b[?25l'));
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('silent writes nothing', () => {
  expect(record('silent', { tty: true })).toBe('');
});

it.each<[string, { quiet?: boolean; json?: boolean }, boolean, ProgressMode]>([
  ['a terminal', {}, true, 'bars'],
  ['a pipe', {}, false, 'lines'],
  ['--quiet', { quiet: true }, true, 'silent'],
  ['--json', { json: true }, false, 'silent'],
])('%s means the right mode', (_, flags, tty, mode) => {
  vi.stubEnv('TERM', 'xterm');
  expect(progressMode(flags, new Screen(tty) as ProgressStream)).toBe(mode);
  vi.stubEnv('TERM', 'dumb');
  expect(progressMode(flags, new Screen(tty) as ProgressStream)).toBe(mode === 'bars' ? 'lines' : mode);
  vi.unstubAllEnvs();
});

describe('the time left', () => {
  it('goes by what this run did, not by what a checkpoint brought', () => {
    const meter = new RunMeter(() => clock);
    meter.observe({ type: 'run-start', run: 1, reused: 0, cost: 100, jobs: 1 });
    meter.observe({ type: 'stage-start', ...stage('left'), cost: 100 });
    expect(meter.secondsLeft).toBeUndefined();
    meter.observe(at('left', 50));
    clock += 10;
    meter.observe(at('left', 60));
    // Ten of a hundred units in ten seconds, forty to go.
    expect(meter.secondsLeft).toBeCloseTo(40);
    expect(meter.rateOf('hash of left')).toBeCloseTo(1);
  });
});

it.each([
  [0.04, '0.0 s'],
  [9.96, '10 s'],
  [89, '89 s'],
  [90, '2 min'],
  [7500, '2 h 05 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it.each([
  [0.04, '1 s'],
  [3.3, '3 s'],
  [9.5, '10 s'],
  [300, '5 min'],
])('an estimate of %d seconds is %s', (seconds, text) => {
  expect(formatTimeLeft(seconds)).toBe(text);
});

it.each([
  [1249.6, '1250'],
  [83.14, '83.1'],
  [0.417, '0.42'],
])('a rate of %d is %s', (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});

it('a rate says what it counts, and the stage how long it will take', () => {
  const screen = new Screen(false);
  const observe = createProgress({ mode: 'lines', stream: screen, colour: false, now: () => clock });
  const progress = (done: number) => ({ done, total: 100, unit: 'examples' });
  observe({ type: 'run-start', run: 1, reused: 0, cost: 1, jobs: 1 });
  observe({ type: 'stage-start', ...stage('score'), cost: 1 });
  observe({ type: 'stage-progress', ...stage('score'), progress: progress(0) });
  clock += 20;
  observe({ type: 'stage-progress', ...stage('score'), progress: progress(50) });
  expect(screen.text).toContain('score  50 %  2.50 examples/s  about 20 s left\n');
});

it('lines of stages that are done fit a terminal of 40 columns', () => {
  const screen = new (class extends Screen {
    override readonly columns: number = 40;
  })(true);
  const observe = createProgress({ mode: 'bars', stream: screen, colour: false, now: () => clock });
  const long = stage('score bimodal deep autoencoder, shared, seed 12');
  observe({ type: 'run-start', run: 3, reused: 0, cost: 3, jobs: 1 });
  observe({ type: 'stage-start', ...long, cost: 1 });
  clock += 30;
  observe({ type: 'stage-done', ...long, cost: 1, seconds: 30 });
  observe({ type: 'run-end', seconds: 30 });
  const done = stripVTControlCharacters(screen.text)
    .split('\n')
    .filter((line) => line.startsWith('done'));
  expect(done.length).toBeGreaterThan(0);
  for (const line of done) {
    expect(line).toMatch(/^done {5}score bimodal.*… {2}30 s {2}\[1\/3\]/);
    expect(line.trimEnd().length).toBeLessThanOrEqual(40);
  }
});
