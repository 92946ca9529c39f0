import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, type StageGraph } from '../../../../../src/pipeline/graph/graph.js';
import type { StageSpec } from '../../../../../src/pipeline/graph/stage.js';
import { type ArrayPlan, planArrays } from '../../../../../src/pipeline/run/slurm/arrays.js';
import { ranges } from '../../../../../src/pipeline/run/slurm/submit.js';

const kinds = ['frames', 'rbm', 'autoencoder', 'score'];
const identity = { engine: 'cpu', versions: Object.fromEntries(kinds.map((kind) => [kind, 1])) };

const stage = (kind: string, label: string, inputs: Record<string, StageSpec> = {}): StageSpec => ({
  kind,
  label,
  parameters: { label },
  inputs,
});

/** Two modalities, a joint layer and what is built on it, as in a table of several seeds. */
function seedTargets(seed: number, corpus?: StageSpec): StageSpec[] {
  const below = corpus === undefined ? {} : { data: corpus };
  const left = stage('rbm', `left ${seed}`, below);
  const right = stage('rbm', `right ${seed}`, below);
  const joint = stage('rbm', `joint ${seed}`, { left, right });
  const autoencoder = stage('autoencoder', `autoencoder ${seed}`, { joint });
  return [
    stage('score', `dbn ${seed}`, { joint }),
    stage('score', `autoencoder score ${seed}`, { autoencoder }),
  ];
}

function planned(
  targets: readonly StageSpec[],
  limit?: number,
): { graph: StageGraph; arrays: readonly ArrayPlan[] } {
  const graph = buildGraph(targets, identity);
  return { graph, arrays: planArrays(graph, new Set(graph.stages.keys()), new Set(), limit) };
}

const labelsOf = ({ graph, arrays }: ReturnType<typeof planned>): string[][] =>
  arrays.map(({ tasks }) => [...tasks.values()].map((hash) => graph.stages.get(hash)?.spec.label ?? ''));

describe('job arrays', () => {
  it('hold one stage of every seed, tied to the arrays before them index by index', () => {
    const plan = planned([1, 2, 3].flatMap((seed) => seedTargets(seed)));
    expect(labelsOf(plan)).toEqual([
      ['left 1', 'left 2', 'left 3'],
      ['right 1', 'right 2', 'right 3'],
      ['joint 1', 'joint 2', 'joint 3'],
      ['dbn 1', 'dbn 2', 'dbn 3'],
      ['autoencoder 1', 'autoencoder 2', 'autoencoder 3'],
      ['autoencoder score 1', 'autoencoder score 2', 'autoencoder score 3'],
    ]);
    expect(plan.arrays.map(({ corresponding }) => corresponding)).toEqual([[], [], [0, 1], [2], [2], [4]]);
    expect(plan.arrays.every(({ after }) => after.length === 0)).toBe(true);
  });

  it('wait as a whole for what all seeds share', () => {
    const corpus = stage('frames', 'corpus');
    const plan = planned([1, 2, 3].flatMap((seed) => seedTargets(seed, corpus)));
    expect(plan.arrays).toHaveLength(7);
    const [shared = ''] = plan.arrays[0]?.tasks.values() ?? [];
    expect(plan.arrays[1]).toMatchObject({ corresponding: [], after: [shared] });
    expect(plan.arrays[3]).toMatchObject({ corresponding: [1, 2], after: [] });
  });

  it('wait for stages that are in the queue already, and take no others again', () => {
    const graph = buildGraph(seedTargets(1), identity);
    const byLabel = new Map([...graph.stages].map(([hash, { spec }]) => [spec.label, hash]));
    const hashes = ['joint 1', 'dbn 1'].map((label) => byLabel.get(label) ?? '');
    const queued = ['left 1', 'right 1'].map((label) => byLabel.get(label) ?? '');
    const arrays = planArrays(graph, new Set(hashes), new Set(queued));
    expect(arrays.map(({ tasks }) => [...tasks.values()])).toEqual([[hashes[0]], [hashes[1]]]);
    expect(arrays[0]).toMatchObject({ corresponding: [], after: [...queued].sort() });
    expect(arrays[1]).toMatchObject({ corresponding: [0], after: [] });
  });

  it('are no longer than Slurm allows', () => {
    const { arrays } = planned(
      Array.from({ length: 25 }, (_, i) => stage('rbm', `${i}`)),
      10,
    );
    expect(arrays.map(({ tasks }) => tasks.size)).toEqual([10, 10, 5]);
  });

  it('make every stage once, after its inputs and after nothing else, whatever the graph', () => {
    const recipe = fc.array(
      fc.record({ kind: fc.constantFrom(...kinds), inputs: fc.array(fc.nat(), { maxLength: 3 }) }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(recipe, fc.integer({ min: 1, max: 8 }), (drawn, limit) => {
        const specs: StageSpec[] = [];
        for (const [i, { kind, inputs }] of drawn.entries()) {
          const roles = i === 0 ? [] : inputs.map((n, r) => [`r${r}`, specs[n % i] as StageSpec] as const);
          specs.push(stage(kind, `${i}`, Object.fromEntries(roles)));
        }
        const { graph, arrays } = planned(specs, limit);
        const seen = new Set<string>();
        for (const [position, { kind, tasks, corresponding, after }] of arrays.entries()) {
          for (const [index, hash] of tasks) {
            expect(seen.has(hash)).toBe(false);
            expect(index).toBeLessThan(limit);
            const { spec, inputs } = graph.stages.get(hash) as {
              spec: StageSpec;
              inputs: Record<string, string>;
            };
            expect(spec.kind).toBe(kind);
            const waitsFor = [
              ...corresponding.map((at) => {
                expect(at).toBeLessThan(position);
                return arrays[at]?.tasks.get(index);
              }),
              ...after,
            ];
            expect(new Set(waitsFor)).toEqual(new Set(Object.values(inputs)));
            for (const one of waitsFor)
              expect(arrays.slice(0, position).some((a) => [...a.tasks.values()].includes(one ?? ''))).toBe(
                true,
              );
          }
          for (const hash of tasks.values()) seen.add(hash);
        }
        expect(seen).toEqual(new Set(graph.stages.keys()));
      }),
    );
  });
});

it('indices are written as ranges', () => {
  expect(ranges([5, 0, 1, 2, 9, 10])).toBe('0-2,5,9-10');
  expect(ranges([7])).toBe('7');
});
