import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MmxError } from '../../../../src/errors.js';
import type { RunEvent } from '../../../../src/pipeline/run/events.js';
import { JournalReader, journalTo } from '../../../../src/pipeline/runs/journal.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';

const stage = { hash: 'a'.repeat(64), kind: 'rbm', label: 'rbm left' };

describe('the journal of a run', () => {
  it('gives back its events, errors included, bit by bit', () => {
    const path = join(temporaryDirectory(), 'events');
    const reader = new JournalReader(path);
    expect(reader.next()).toEqual([]);
    const write = journalTo(path);
    const error = new MmxError('store/no-space', 'The disk is full.', { hint: 'Make room.' });
    const events: RunEvent[] = [
      { type: 'run-start', run: 1, reused: 0, cost: 3, jobs: 1 },
      { type: 'stage-start', ...stage, cost: 3 },
      { type: 'stage-failed', ...stage, error },
    ];
    write(events[0] as RunEvent);
    expect(reader.next().map(({ event }) => event)).toEqual([events[0]]);
    write(events[1] as RunEvent);
    write(events[2] as RunEvent);
    const rest = reader.next();
    expect(rest.map(({ event }) => event)).toEqual(events.slice(1));
    const [, failed] = rest;
    expect(failed?.event.type === 'stage-failed' && failed.event.error).toMatchObject({
      code: 'store/no-space',
      hint: 'Make room.',
    });
    expect(reader.next()).toEqual([]);
  });

  it('keeps one word a second about the progress of a stage', () => {
    const path = join(temporaryDirectory(), 'events');
    const write = journalTo(path);
    for (let done = 0; done < 100; done++)
      write({ type: 'stage-progress', ...stage, progress: { done, total: 100 } });
    expect(new JournalReader(path).next().length).toBeLessThan(20);
  });

  it('keeps every epoch, of reports that it does not write too', () => {
    const path = join(temporaryDirectory(), 'events');
    const write = journalTo(path);
    const tell = (epoch: number) =>
      write({
        type: 'stage-progress',
        ...stage,
        progress: { done: epoch, total: 50, epochs: [{ epoch, loss: 1 / epoch }] },
      });
    for (let epoch = 1; epoch <= 50; epoch++) tell(epoch);
    write({ type: 'stage-done', ...stage, cost: 3, seconds: 1 });
    const events = new JournalReader(path).next().map(({ event }) => event);
    expect(events.length).toBeLessThan(20);
    expect(events.at(-1)?.type).toBe('stage-done');
    const told = events.flatMap((event) =>
      event.type === 'stage-progress' ? (event.progress.epochs ?? []) : [],
    );
    expect(told.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(told[3]).toEqual({ epoch: 4, loss: 0.25 });
  });

  it('goes on telling of progress, at times that never go back, when the clock is set back', () => {
    const path = join(temporaryDirectory(), 'events');
    let [clock, ticks] = [1_800_000_000_000, 5_000];
    vi.spyOn(Date, 'now').mockImplementation(() => clock);
    vi.spyOn(performance, 'now').mockImplementation(() => ticks);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const write = journalTo(path);
    for (let done = 0; done < 4; done++) {
      write({ type: 'stage-progress', ...stage, progress: { done, total: 4 } });
      clock -= 3600_000;
      ticks += 1500;
    }
    expect(new JournalReader(path).next().map(({ at }) => at - 1_800_000_000)).toEqual([0, 1.5, 3, 4.5]);
  });

  it('is not read before its last line is whole', () => {
    const path = join(temporaryDirectory(), 'events');
    const reader = new JournalReader(path);
    const line = JSON.stringify({ at: 5, event: { type: 'run-end', seconds: 1 } });
    appendFileSync(path, line.slice(0, 20));
    expect(reader.next()).toEqual([]);
    appendFileSync(path, `${line.slice(20)}\n`);
    expect(reader.next()).toEqual([{ at: 5, event: { type: 'run-end', seconds: 1 } }]);
  });

  it('costs the run nothing where it cannot be written', () => {
    const write = journalTo(join(temporaryDirectory(), 'no', 'such', 'folder'));
    expect(() => write({ type: 'run-end', seconds: 1 })).not.toThrow();
  });
});
