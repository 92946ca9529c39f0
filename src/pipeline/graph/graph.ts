import { type IdentityContext, stageHash } from './identity.js';
import type { StageSpec } from './stage.js';

/** One stage of a graph in which equal stages have become one. */
export interface GraphStage {
  readonly hash: string;
  /** The first spec met with this hash: its label is the one shown. */
  readonly spec: StageSpec;
  /** Hash of each input by role. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Hashes of the stages that read this one. */
  readonly dependents: readonly string[];
}

export interface StageGraph {
  /** In topological order: inputs come before what needs them. */
  readonly stages: ReadonlyMap<string, GraphStage>;
  /** Hash of each target, in the order given (duplicates kept). */
  readonly targets: readonly string[];
}

/**
 * - `reused`: stored already, and wanted as a target or as an input of a stage that runs;
 * - `run`: missing and wanted;
 * - `unneeded`: only stored stages depend on it, so nobody reads it, stored or not.
 */
export type StageState = 'reused' | 'run' | 'unneeded';

/**
 * Collects everything the targets depend on.
 *
 * @throws MmxError `pipeline/cycle`, `pipeline/unknown-kind`, `pipeline/parameters`
 */
export function buildGraph(targets: readonly StageSpec[], context: IdentityContext): StageGraph {
  const stages = new Map<string, GraphStage>();
  const dependents = new Map<string, string[]>();

  const visit = (spec: StageSpec): string => {
    const hash = stageHash(spec, context);
    if (dependents.has(hash)) return hash;
    const needers: string[] = [];
    dependents.set(hash, needers);
    const inputs: Record<string, string> = {};
    for (const [role, input] of Object.entries(spec.inputs)) inputs[role] = visit(input);
    for (const input of new Set(Object.values(inputs))) dependents.get(input)?.push(hash);
    stages.set(hash, { hash, spec, inputs, dependents: needers });
    return hash;
  };

  return { stages, targets: targets.map(visit) };
}

/**
 * Decides what happens to each stage, given what is stored. Keys are in the graph's order.
 *
 * @param wanted the stages whose artifacts are asked for: the targets when absent
 */
export function planStages(
  graph: StageGraph,
  isStored: (hash: string) => boolean,
  wanted: readonly string[] = graph.targets,
): ReadonlyMap<string, StageState> {
  const decided = new Map<string, StageState>();
  const visit = (hash: string): void => {
    if (decided.has(hash)) return;
    if (isStored(hash)) {
      decided.set(hash, 'reused');
      return;
    }
    decided.set(hash, 'run');
    for (const input of Object.values(graph.stages.get(hash)?.inputs ?? {})) visit(input);
  };
  for (const hash of wanted) visit(hash);
  return new Map([...graph.stages.keys()].map((hash) => [hash, decided.get(hash) ?? 'unneeded']));
}

/** Cost of a stage in its own unit; 1 when it names none or an unusable one. */
export function costOf(spec: StageSpec): number {
  const { cost } = spec;
  return cost !== undefined && Number.isFinite(cost) && cost > 0 ? cost : 1;
}

/**
 * For each stage that runs: its cost plus that of the costliest chain of stages waiting for it. Starting the longest
 * chain first keeps the last process from ending alone.
 */
export function criticalPaths(
  graph: StageGraph,
  states: ReadonlyMap<string, StageState>,
): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const stage of [...graph.stages.values()].reverse()) {
    if (states.get(stage.hash) !== 'run') continue;
    const after = stage.dependents.map((hash) => lengths.get(hash) ?? 0);
    lengths.set(stage.hash, costOf(stage.spec) + Math.max(0, ...after));
  }
  return lengths;
}
