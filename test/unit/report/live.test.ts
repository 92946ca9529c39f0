import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import type { RunEvent } from '../../../src/pipeline/run/events.js';
import { livePage, liveState } from '../../../src/report/live/page.js';
import { RunView } from '../../../src/report/live/run-view.js';
import { faults } from './html/fixture.js';

const hashOf = (index: number): string => index.toString(16).padStart(64, '0');
const run = { id: '20260102-030405-x', launcher: 'local', command: ['mmx', 'table'], started: 'now' };

function viewOf(events: readonly RunEvent[]): RunView {
  const view = new RunView(
    () => 100,
    () => [],
  );
  for (const event of events) view.observe(event);
  return view;
}

const progress = (
  index: number,
  label: string,
  epochs: readonly { epoch: number; loss: number }[],
): RunEvent => ({
  type: 'stage-progress',
  hash: hashOf(index),
  kind: 'autoencoder',
  label,
  progress: { done: 1, total: 2, epochs },
});

interface State {
  title: string;
  run: string;
  sections: Record<string, string>;
}
const stateOf = (view: RunView): State => JSON.parse(liveState(run, view, 100));

describe('the page of a run in progress', () => {
  it('grows curves epoch by epoch, and takes an epoch that is told twice once', () => {
    const epochs = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => ({
        epoch: from + index,
        loss: 1 / (from + index),
      }));
    const view = viewOf([progress(1, 'net, seed 1', epochs(1, 3))]);
    const points = () => /points="([^"]*)"/.exec(stateOf(view).sections.curves ?? '')?.[1]?.split(' ').length;
    expect(points()).toBe(3);
    view.observe(progress(1, 'net, seed 1', epochs(2, 5)));
    expect(points()).toBe(5);
    view.observe(progress(2, 'net, seed 2', epochs(1, 2)));
    expect(stateOf(view).sections.curves).toContain('loss, 2 runs');
  });

  it('says what became of stages, and takes from the record what nobody has told', () => {
    const stage = (index: number, label: string) => ({ hash: hashOf(index), kind: 'cca', label });
    const error = new MmxError('training/diverged', 'It diverged.');
    const view = viewOf([
      { type: 'run-start', run: 3, reused: 0, cost: 3, jobs: 1 },
      { type: 'stage-start', ...stage(1, 'one'), cost: 1 },
      { type: 'stage-failed', ...stage(1, 'one'), error },
      { type: 'stage-skipped', ...stage(2, 'two'), because: 'one' },
      { type: 'stage-start', ...stage(3, 'three'), cost: 1 },
    ]);
    const before = stateOf(view);
    expect(before.sections.state).toBe('The run goes on; 1 stage failed.');
    expect(before.sections.stages).toContain('It diverged.');
    expect(before.sections.stages).toContain('it needs one');
    view.close({
      stages: [{ ...stage(3, 'three'), end: 'ran', seconds: 5, created: null, engine: null }],
    });
    expect(stateOf(view)).toMatchObject({ run: 'ended', title: `ended · ${run.id}` });
    expect(stateOf(view).sections.stages).toMatch(/three.*class="state done".*5\.0 s/);
    const killed = viewOf([{ type: 'stage-start', ...stage(3, 'three'), cost: 1 }]);
    killed.close(undefined);
    expect(stateOf(killed).sections.state).toContain('The run has stopped.');
    expect(stateOf(killed).sections.stages).toContain('class="state interrupted"');
  });

  it('has bounds, however many stages, epochs and warnings there are, and however long', () => {
    const long = 'x'.repeat(5000);
    const epochs = Array.from({ length: 2000 }, (_, index) => ({ epoch: index + 1, loss: Math.sin(index) }));
    const events = Array.from(
      { length: 3000 },
      (_, index): RunEvent =>
        progress(index, `model ${index}${long}, seed 1`, index % 50 === 0 ? epochs : epochs.slice(0, 3)),
    );
    const warnings = Array.from({ length: 3000 }, (): RunEvent => ({ type: 'warning', message: long }));
    const view = viewOf([...events, ...warnings]);
    expect(liveState(run, view, 100).length).toBeLessThan(2_000_000);
    expect(stateOf(view).sections.stages).toContain('2800 more are not shown.');
    expect(stateOf(view).sections.curves).toContain('2952 more are not drawn.');
  });

  it('shows labels and messages of others as text', () => {
    const evil = `<img src=x onerror=alert(1)>"'&\u202e\u0007`;
    const view = viewOf([
      progress(1, evil, [{ epoch: 1, loss: 1 }]),
      { type: 'warning', message: evil },
      { type: 'stage-skipped', hash: hashOf(2), kind: evil, label: evil, because: evil },
    ]);
    const page = livePage({ ...run, id: evil, command: [evil] }, view, '1', 100);
    expect(page).not.toContain('<img');
    expect(page).not.toContain('\u202e');
    expect(faults(page)).toEqual([]);
  });
});
