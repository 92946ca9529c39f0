import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Experiment, loadExperiment, type Resolved } from '../../src/config/index.js';
import type { Engine } from '../../src/engine/types.js';
import type { Json } from '../../src/json.js';
import type { Matrix } from '../../src/matrix.js';
import { type IdentityContext, stageHash } from '../../src/pipeline/graph/identity.js';
import type { Artifact, StageContext, StageSpec } from '../../src/pipeline/graph/stage.js';
import type { ResolvedExperiment } from '../../src/pipeline/plan/experiment.js';
import { type LocalCorpora, resolveExperiments } from '../../src/pipeline/plan/resolve.js';
import { stageImplementations } from '../../src/pipeline/stages/index.js';

export const identity: IdentityContext = {
  engine: 'test',
  versions: Object.fromEntries(
    Object.values(stageImplementations).map(({ kind, version }) => [kind, version]),
  ),
};

export const hashOf = (spec: StageSpec): string => stageHash(spec, identity);

/** Runs one stage in this process, on the engine that is up. */
export function runStage(
  kind: string,
  parameters: object,
  inputs: Readonly<Record<string, Artifact>> = {},
  local: LocalCorpora = {},
): Promise<Artifact> {
  const implementation = stageImplementations[kind];
  if (!implementation) throw new Error(`no stage ${kind}`);
  const context: StageContext = {
    // As after the way to a worker.
    parameters: JSON.parse(JSON.stringify(parameters)) as Json,
    inputs,
    engine: {} as Engine,
    local,
    checkpoint: { load: () => undefined, offer: () => undefined },
    progress: () => undefined,
  };
  return implementation.run(context);
}

/** Computes stages and all below them, each once. */
export class StageRunner {
  /** Labels of what was computed, in that order. */
  readonly ran: string[] = [];
  readonly #local: LocalCorpora;
  readonly #known = new Map<string, Promise<Artifact>>();

  constructor(local: LocalCorpora = {}) {
    this.#local = local;
  }

  run(spec: StageSpec): Promise<Artifact> {
    const hash = hashOf(spec);
    const known = this.#known.get(hash);
    if (known) return known;
    const made = this.#compute(spec);
    this.#known.set(hash, made);
    return made;
  }

  async inputsOf(spec: StageSpec): Promise<Record<string, Artifact>> {
    const inputs: Record<string, Artifact> = {};
    for (const [role, input] of Object.entries(spec.inputs)) inputs[role] = await this.run(input);
    return inputs;
  }

  async #compute(spec: StageSpec): Promise<Artifact> {
    const inputs = await this.inputsOf(spec);
    const made = await runStage(spec.kind, spec.parameters as object, inputs, this.#local);
    this.ran.push(spec.label);
    return made;
  }
}

/** A spec and everything below it, each once. */
export function withBelow(spec: StageSpec): StageSpec[] {
  const found = new Map<string, StageSpec>();
  const visit = (one: StageSpec): void => {
    if (found.has(hashOf(one))) return;
    found.set(hashOf(one), one);
    Object.values(one.inputs).forEach(visit);
  };
  visit(spec);
  return [...found.values()];
}

/** An experiment as a file would give it. */
export function configOf(text: string, overrides: readonly string[] = []): Resolved<Experiment> {
  const file = join(mkdtempSync(join(tmpdir(), 'mmx-experiment-')), 'experiment.yaml');
  writeFileSync(file, text);
  return loadExperiment(file, overrides);
}

export function resolvedOf(text: string, local: LocalCorpora = {}): ResolvedExperiment {
  const [resolved] = resolveExperiments([configOf(text)], local);
  if (!resolved) throw new Error('one experiment gives one');
  return resolved;
}

/** A `frames` artifact made by hand: windows of one frame, and a clip's windows one after the other. */
export function madeFrames({
  inputs,
  windows,
  labels,
  classes,
  speakers,
}: {
  readonly inputs: Readonly<Record<string, Matrix>>;
  /** Windows of each clip. */
  readonly windows: readonly number[];
  /** Index into `classes` of each clip; −1 for none. */
  readonly labels: readonly number[];
  readonly classes: readonly string[];
  /** Of each clip, where no speaker is in both parts. */
  readonly speakers?: readonly number[];
}): Artifact {
  const clips = [0];
  for (const count of windows) clips.push((clips.at(-1) ?? 0) + count);
  const integers = (values: readonly number[]) => ({
    shape: [values.length],
    data: Int32Array.from(values),
  });
  const tracks = Object.entries(inputs).flatMap(([modality, { rows, columns, data }]) => [
    [`${modality}_frames`, { shape: [rows, columns], data }],
    [`${modality}_starts`, integers([...new Array(rows).keys()])],
    [`${modality}_window`, integers([1])],
  ]);
  const facts = {
    classes,
    ids: windows.map((_, index) => `clip ${index}`),
    keepsApart: speakers === undefined ? null : 'speakers',
    repeated: [],
  };
  return {
    tensors: {
      clips: integers(clips),
      labels: integers(labels),
      ...(speakers ? { groups: integers(speakers) } : {}),
      ...Object.fromEntries(tracks),
    },
    json: facts,
  };
}
