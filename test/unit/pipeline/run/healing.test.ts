import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageHash } from '../../../../src/pipeline/graph/identity.js';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { planRun } from '../../../../src/pipeline/plan/dry-run.js';
import type { RunEvent } from '../../../../src/pipeline/run/events.js';
import { type RunOptions, type RunResult, runStages } from '../../../../src/pipeline/run/scheduler.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { RunMeter } from '../../../../src/report/progress/meter.js';
import { type CompiledFixtures, compileFixtures } from '../../../fixtures/pipeline/compile.js';
import { damages, flipBit } from '../../../fixtures/pipeline/damages.js';
import { numbersIn, temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { spec, toyEngine, toyStages, toyVersions } from '../../../fixtures/pipeline/toys.js';
import { errorOf } from '../../../support/errors.js';

let fixtures: CompiledFixtures;
beforeAll(() => {
  fixtures = compileFixtures();
});
afterAll(() => fixtures.remove());

const context = { versions: toyVersions, engine: 'cpu' };
const hashOf = (stage: StageSpec): string => stageHash(stage, context);

const corpus = spec('walk', 'corpus', { seed: 1, steps: 3, milliseconds: 0 });
const left = spec('sum', 'left', 'left', { corpus });
const right = spec('sum', 'right', 'right', { corpus });
const joint = spec('sum', 'joint', 'joint', { left, right });

interface Bench {
  readonly store: ArtifactStore;
  readonly events: RunEvent[];
  readonly folderOf: (stage: StageSpec) => string;
  readonly quarantined: () => readonly string[];
  readonly warnings: () => readonly string[];
  readonly run: (targets: readonly StageSpec[], options?: Partial<RunOptions>) => Promise<RunResult>;
}

function bench(jobs = 0): Bench {
  const directory = temporaryDirectory();
  const store = new ArtifactStore(join(directory, 'store'));
  const quarantine = join(store.directory, 'quarantine');
  const events: RunEvent[] = [];
  return {
    store,
    events,
    folderOf: (stage) => store.pathOf(hashOf(stage)),
    quarantined: () => (existsSync(quarantine) ? readdirSync(quarantine) : []),
    warnings: () =>
      events.flatMap((event) => (event.type === 'warning' ? `${event.label}: ${event.message}` : [])),
    run: (targets, options) =>
      runStages(targets, {
        ...context,
        store,
        runsDirectory: directory,
        jobs,
        worker: fixtures.worker,
        inProcess: { implementations: toyStages, loadEngine: toyEngine },
        observer: (event) => events.push(event),
        ...options,
      }),
  };
}

const ends = ({ stages }: RunResult): Record<string, string> =>
  Object.fromEntries(stages.map(({ label, end }) => [label, end]));

/** The numbers that are in use. */
const used = ({ directory }: ArtifactStore): Record<string, string> =>
  Object.fromEntries(Object.entries(numbersIn(directory)).filter(([path]) => !path.startsWith('quarantine')));

describe.each(Object.entries(damages))('an artifact that is damaged: %s', (_, { damage, told }) => {
  it('is computed anew where it is asked for, and told in one line', async () => {
    const { run, store, folderOf, quarantined, warnings } = bench();
    await run([left]);
    const before = used(store);
    damage(folderOf(left));
    const again = await run([left]);
    expect(again.error).toBeUndefined();
    expect(ends(again)).toEqual({ corpus: 'reused', left: 'ran' });
    expect(quarantined()).toEqual([expect.stringMatching(new RegExp(`^${hashOf(left)}-`))]);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toMatch(told);
    expect(warnings()[0]).toMatch(
      /^left: A stored artifact is damaged: .*; it was set aside as .*quarantine.*\. It is computed anew\.$/,
    );
    expect(used(store)).toEqual(before);
    expect(await run([left])).toMatchObject({ ran: 0, reused: 1 });
  });

  it('is computed anew where another stage needs it, in the same run', async () => {
    const { run, store, folderOf, quarantined, warnings } = bench();
    await run([left]);
    const before = used(store);
    damage(folderOf(corpus));
    const result = await run([right]);
    expect(result.error).toBeUndefined();
    expect(ends(result)).toEqual({ corpus: 'ran', right: 'ran' });
    expect(quarantined()).toHaveLength(1);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toMatch(told);
    expect(used(store)).toMatchObject(before);
  });

  it('is refused by those who only read, who move nothing', async () => {
    const { run, store, folderOf, quarantined } = bench();
    await run([left]);
    damage(folderOf(left));
    const error = errorOf(() => store.load(hashOf(left)));
    expect(error.code).toBe('store/corrupted');
    expect(error.message).toMatch(told);
    expect(error.hint).toBe('The command that computed it sets it aside and computes it anew.');
    expect(quarantined()).toEqual([]);
  });
});

describe.each([0, 1, 2])('damage that is found while the run goes on, with %d processes', (jobs) => {
  /** Damages what was found sound when the run was planned. */
  const during = (events: RunEvent[], damage: () => void) => (event: RunEvent) => {
    events.push(event);
    if (event.type === 'run-start') damage();
  };

  it('has the input computed again, with what that needs, and then the stage', async () => {
    const { run, store, folderOf, events, warnings, quarantined } = bench(jobs);
    await run([joint]);
    const before = used(store);
    store.remove(hashOf(joint));
    store.remove(hashOf(corpus)); // unneeded until its product turns out to be damaged
    events.length = 0;
    const result = await run([joint], {
      observer: during(events, () => flipBit(join(folderOf(left), 'tensors.safetensors'), 100)),
    });
    expect(result.error).toBeUndefined();
    expect(ends(result)).toEqual({ corpus: 'ran', left: 'ran', right: 'reused', joint: 'ran' });
    expect(quarantined()).toHaveLength(1);
    expect(warnings()).toEqual([expect.stringMatching(/^left: A stored artifact is damaged: .*checksum/)]);
    expect(used(store)).toEqual(before);
  });

  it('is mended once for all stages that miss it', async () => {
    const { run, folderOf, events, warnings, quarantined } = bench(jobs);
    await run([corpus]);
    const result = await run([left, right], {
      observer: during(events, () => flipBit(join(folderOf(corpus), 'result.json'), 2)),
    });
    expect(result.error).toBeUndefined();
    expect(ends(result)).toEqual({ corpus: 'ran', left: 'ran', right: 'ran' });
    expect(warnings()).toHaveLength(1);
    expect(quarantined()).toHaveLength(1);
  });

  it('is an input that somebody has removed', async () => {
    const { run, store, events, warnings, quarantined } = bench(jobs);
    await run([left]);
    const result = await run([right], { observer: during(events, () => store.remove(hashOf(corpus))) });
    expect(result.error).toBeUndefined();
    expect(ends(result)).toEqual({ corpus: 'ran', right: 'ran' });
    expect(warnings()).toEqual([expect.stringMatching(/^corpus: There is no artifact .* computed anew\.$/)]);
    expect(quarantined()).toEqual([]);
  });

  it('ends the stage with its sentence when it comes back', async () => {
    const { run, folderOf, events } = bench(jobs);
    await run([corpus]);
    const observer = (event: RunEvent): void => {
      events.push(event);
      const isBack = event.type === 'stage-done' && event.label === 'corpus';
      if (event.type === 'run-start' || isBack) flipBit(join(folderOf(corpus), 'result.json'), 2);
    };
    const { error } = await run([left], { observer });
    expect(error?.code).toBe('store/corrupted');
    expect(error?.message).toMatch(/^Stage "left" failed: A stored artifact is damaged/);
    expect(error?.hint).toBe('Run the same command again: it is computed anew.');
    expect(await run([left])).toMatchObject({ ran: 2, error: undefined });
  });

  it('is counted by the progress', async () => {
    const { run, folderOf, events } = bench(jobs);
    await run([corpus]);
    events.length = 0;
    await run([left, right], {
      observer: during(events, () => flipBit(join(folderOf(corpus), 'result.json'), 2)),
    });
    const meter = new RunMeter(() => 0);
    for (const event of events) meter.observe(event);
    expect(meter.stages).toBe(3);
    expect(meter.ended).toBe(3);
    expect(meter.done).toBe(meter.cost);
  });
});

describe('the quarantine', () => {
  it('keeps everything that was ever put there', async () => {
    const { run, folderOf, quarantined } = bench();
    for (let time = 0; time < 3; time += 1) {
      await run([left]);
      flipBit(join(folderOf(left), 'result.json'), 2);
    }
    await run([left]);
    expect(quarantined()).toHaveLength(3);
  });

  it('gives back what another process has computed anew by then', async () => {
    const { run, store, folderOf, quarantined } = bench();
    await run([left]);
    flipBit(join(folderOf(left), 'result.json'), 2);
    const damage = store.damageOf(hashOf(left), true);
    if (damage === undefined) throw new Error('damage is found');
    await run([left]); // the other process
    expect(quarantined()).toHaveLength(1);
    expect(store.setAside(damage)).toBeUndefined();
    expect(quarantined()).toHaveLength(1);
    expect(store.isSound(hashOf(left), true)).toBe(true);
  });

  it('is told about where it cannot be written', async () => {
    const { run, store, folderOf } = bench();
    await run([left]);
    flipBit(join(folderOf(left), 'result.json'), 2);
    writeFileSync(join(store.directory, 'quarantine'), 'in the way');
    const error = await run([left]).then(
      ({ error: found }) => found,
      (thrown) => thrown,
    );
    expect(error.code).toBe('store/corrupted');
    expect(error.message).toMatch(/^A stored artifact is damaged: .*, and it cannot be set aside: .*\.$/);
    expect(error.hint).toContain('A user who may write there');
    expect(existsSync(folderOf(left))).toBe(true);
  });
});

it('a plan says that a damaged artifact is to run, and moves nothing', async () => {
  const { run, store, folderOf, quarantined } = bench();
  await run([left]);
  flipBit(join(folderOf(left), 'artifact.json'), 0);
  expect(planRun([left], context, store).counts).toMatchObject({ run: 1, reused: 1 });
  expect(quarantined()).toEqual([]);
});

it('an artifact is stored over a folder that was left in its place', () => {
  const { store, folderOf, quarantined } = bench();
  mkdirSync(folderOf(left), { recursive: true });
  writeFileSync(join(folderOf(left), 'result.json'), '{');
  const origin = { kind: 'sum', version: 1, label: 'left', parameters: null, inputs: {}, seconds: 1 };
  const engine = { name: 'cpu', description: '', versions: {} };
  const artifact = { tensors: {}, json: 1 };
  expect(store.save(hashOf(left), artifact, { ...origin, engine })).toBe('stored');
  expect(store.load(hashOf(left))).toEqual(artifact);
  expect(quarantined()).toHaveLength(1);
});
