import { buildGraph, costOf, planStages, type StageState } from '../graph/graph.js';
import type { IdentityContext } from '../graph/identity.js';
import type { StageSpec } from '../graph/stage.js';
import type { ArtifactStore } from '../store/store.js';

export interface PlannedStage {
  readonly hash: string;
  readonly kind: string;
  readonly label: string;
  readonly state: StageState;
  readonly cost: number;
  /** Label of each input by role. */
  readonly inputs: Readonly<Record<string, string>>;
  /** A checkpoint of an interrupted run exists: it would continue inside the stage. */
  readonly checkpointed: boolean;
}

/** What a run would do. */
export interface RunPlan {
  /** Inputs before what needs them. */
  readonly stages: readonly PlannedStage[];
  readonly counts: Readonly<Record<StageState, number>>;
  /** Stages to run by kind. */
  readonly runByKind: Readonly<Record<string, number>>;
  /** Sum of the costs of the stages to run. */
  readonly cost: number;
}

/**
 * Plans without running or writing anything.
 *
 * @param checkpointed hashes of stages with a checkpoint (`listCheckpoints`)
 * @throws MmxError `pipeline/*` as `buildGraph`
 */
export function planRun(
  targets: readonly StageSpec[],
  context: IdentityContext,
  store: ArtifactStore,
  checkpointed: ReadonlySet<string> = new Set(),
): RunPlan {
  const graph = buildGraph(targets, context);
  const states = planStages(graph, (hash) => store.isSound(hash));
  const labelOf = (hash: string) => graph.stages.get(hash)?.spec.label ?? hash;
  const stages = [...graph.stages.values()].map(({ hash, spec, inputs }): PlannedStage => {
    const state = states.get(hash) ?? 'unneeded';
    return {
      hash,
      kind: spec.kind,
      label: spec.label,
      state,
      cost: costOf(spec),
      inputs: Object.fromEntries(Object.entries(inputs).map(([role, input]) => [role, labelOf(input)])),
      checkpointed: state === 'run' && checkpointed.has(hash),
    };
  });
  const toRun = stages.filter(({ state }) => state === 'run');
  const runByKind: Record<string, number> = {};
  for (const { kind } of toRun) runByKind[kind] = (runByKind[kind] ?? 0) + 1;
  const count = (state: StageState) => stages.filter((stage) => stage.state === state).length;
  return {
    stages,
    counts: { reused: count('reused'), run: count('run'), unneeded: count('unneeded') },
    runByKind,
    cost: toRun.reduce((sum, { cost }) => sum + cost, 0),
  };
}

const words: Readonly<Record<StageState, string>> = {
  reused: 'stored',
  run: 'run',
  unneeded: 'unneeded',
};

/** Beyond this a label does not push the inputs of all others to the right. */
const LABEL_WIDTH = 50;

/** How inputs whose roles are numbered (`frames_0`, `frames_1`) are told together. */
const numbered: Readonly<Record<string, (count: number) => string>> = {
  frames: (count) => `frames of ${count} corpora`,
  test: (count) => `frames of ${count} draws of noise`,
  candidate: (count) => `${count} candidates`,
};

/** The inputs of a stage in a few words: numbered ones together, and the seed where it is another than the stage's own. */
function inputsOf({ inputs, label }: PlannedStage): string {
  const told = new Map<string, string[]>();
  const own = /, seed \d+$/.exec(label)?.[0] ?? '';
  for (const [role, input] of Object.entries(inputs)) {
    const family = /^(.*)_\d+$/.exec(role)?.[1] ?? role;
    const short = own !== '' && input.endsWith(own) ? input.slice(0, -own.length) : input;
    const key = Object.hasOwn(numbered, family) ? family : role;
    told.set(key, [...(told.get(key) ?? []), short]);
  }
  const words = [...told].flatMap(([family, labels]) => {
    const together = numbered[family];
    return together && labels.length > 1 ? [together(labels.length)] : labels;
  });
  return [...new Set(words)].join(' + ');
}

/** Lines of plain text: one a stage (state, hash, label, inputs), then the totals. */
export function renderPlan(plan: RunPlan): string[] {
  const shown = plan.stages.map((stage) => ({
    word: stage.checkpointed ? 'continue' : words[stage.state],
    hash: stage.hash.slice(0, 8),
    label: stage.label,
    inputs: inputsOf(stage),
  }));
  const wordWidth = Math.max(0, ...shown.map(({ word }) => word.length));
  const labelWidth = Math.min(LABEL_WIDTH, Math.max(0, ...shown.map(({ label }) => label.length)));
  const lines = shown.map(({ word, hash, label, inputs }) => {
    const from = inputs === '' ? '' : `  from ${inputs}`;
    return `${word.padEnd(wordWidth)}  ${hash}  ${label.padEnd(labelWidth)}${from}`.trimEnd();
  });
  const { reused, run, unneeded } = plan.counts;
  const kinds = Object.entries(plan.runByKind).map(([kind, count]) => `${count} ${kind}`);
  const total = plan.stages.length;
  lines.push(
    `${total} ${total === 1 ? 'stage' : 'stages'}: ${run} to run${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}, ` +
      `${reused} stored${unneeded > 0 ? `, ${unneeded} unneeded` : ''}`,
  );
  return lines;
}
