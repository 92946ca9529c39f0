import { describe, expect, it } from 'vitest';
import { buildGraph, criticalPaths, planStages } from '../../../../src/pipeline/graph/graph.js';
import { stageHash } from '../../../../src/pipeline/graph/identity.js';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { planRun, renderPlan } from '../../../../src/pipeline/plan/dry-run.js';
import type { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { spec } from '../../../fixtures/pipeline/toys.js';

const context = { versions: { walk: 1, sum: 1 }, engine: 'cpu' };
const hashOf = (stage: StageSpec) => stageHash(stage, context);

/** corpus → left, right → joint → scores; right is also made a second time under another label. */
function diamond() {
  const corpus = spec('walk', 'corpus', 'corpus', {}, 2);
  const left = spec('walk', 'left', 'left', { corpus }, 10);
  const right = spec('walk', 'right', 'right', { corpus }, 3);
  const rightAgain = spec('walk', 'right again', 'right', { corpus }, 3);
  const joint = spec('sum', 'joint', 'joint', { left, right }, 20);
  const scoreJoint = spec('sum', 'score joint', 'score', { joint }, 1);
  const scoreRight = spec('sum', 'score right', 'score', { right: rightAgain }, 1);
  return { corpus, left, right, rightAgain, joint, scoreJoint, scoreRight };
}

describe('the graph', () => {
  it('holds each stage once, inputs before dependents', () => {
    const d = diamond();
    const graph = buildGraph([d.scoreJoint, d.scoreRight, d.scoreRight], context);
    expect([...graph.stages.values()].map(({ spec }) => spec.label)).toEqual([
      'corpus',
      'left',
      'right',
      'joint',
      'score joint',
      'score right',
    ]);
    const scoreRight = hashOf(d.scoreRight);
    expect(graph.targets).toEqual([hashOf(d.scoreJoint), scoreRight, scoreRight]);
    expect(graph.stages.get(hashOf(d.right))?.dependents).toEqual([hashOf(d.joint), scoreRight]);
  });

  it('runs only what a missing target needs', () => {
    const d = diamond();
    const graph = buildGraph([d.scoreJoint, d.scoreRight], context);
    const stored = new Set([hashOf(d.joint), hashOf(d.scoreRight)]);
    const states = planStages(graph, (hash) => stored.has(hash));
    const byLabel = Object.fromEntries(
      [...states].map(([hash, state]) => [graph.stages.get(hash)?.spec.label, state]),
    );
    expect(byLabel).toEqual({
      corpus: 'unneeded',
      left: 'unneeded',
      right: 'unneeded',
      joint: 'reused',
      'score joint': 'run',
      'score right': 'reused',
    });
  });

  it('knows the longest chain that waits for each stage', () => {
    const d = diamond();
    const graph = buildGraph([d.scoreJoint, d.scoreRight], context);
    const lengths = criticalPaths(
      graph,
      planStages(graph, (hash) => hash === hashOf(d.corpus)),
    );
    expect(lengths.get(hashOf(d.left))).toBe(10 + 20 + 1);
    expect(lengths.get(hashOf(d.right))).toBe(3 + 20 + 1);
    expect(lengths.get(hashOf(d.scoreRight))).toBe(1);
    expect(lengths.has(hashOf(d.corpus))).toBe(false);
  });
});

describe('a dry run', () => {
  const storeWith = (...stages: StageSpec[]) =>
    ({ isSound: (hash: string) => stages.some((stage) => hashOf(stage) === hash) }) as ArtifactStore;

  it('shows every stage, what happens to it and the totals', () => {
    const d = diamond();
    const targets = [d.scoreJoint, d.scoreRight];
    const plan = planRun(targets, context, storeWith(d.corpus, d.left), new Set([hashOf(d.right)]));
    expect(plan.counts).toEqual({ reused: 2, run: 4, unneeded: 0 });
    expect(plan.cost).toBe(3 + 20 + 1 + 1);
    const short = (stage: StageSpec) => hashOf(stage).slice(0, 8);
    expect(renderPlan(plan)).toEqual([
      `stored    ${short(d.corpus)}  corpus`,
      `stored    ${short(d.left)}  left         from corpus`,
      `continue  ${short(d.right)}  right        from corpus`,
      `run       ${short(d.joint)}  joint        from left + right`,
      `run       ${short(d.scoreJoint)}  score joint  from joint`,
      `run       ${short(d.scoreRight)}  score right  from right`,
      '6 stages: 4 to run (1 walk, 3 sum), 2 stored',
    ]);
  });

  it('tells numbered inputs together, and a seed only where it is another', () => {
    const [a, b] = [spec('walk', 'frames of a', 'a', {}, 1), spec('walk', 'frames of b', 'b', {}, 1)];
    const other = spec('walk', 'x, seed 11', 'x', {}, 1);
    const rbm = spec('sum', 'rbm audio, seed 1', 'rbm', { frames_0: a, frames_1: b }, 1);
    const inputs = { train: a, test_0: b, test_1: other, rbm, other_1: other, beside: other };
    const score = spec('sum', `score ${'of a long name '.repeat(4)}, seed 1`, 'score', inputs, 1);
    const lines = renderPlan(planRun([score], context, storeWith()));
    expect(lines.map((line) => line.replace(/^run {2}\w{8} {2}/, ''))).toEqual([
      'frames of a',
      'frames of b',
      'x, seed 11',
      `${'rbm audio, seed 1'.padEnd(50)}  from frames of 2 corpora`,
      `${score.label}  from frames of a + frames of 2 draws of noise + rbm audio + x, seed 11`,
      '5 stages: 5 to run (3 walk, 2 sum), 0 stored',
    ]);
  });

  it('says so when nothing is left to do', () => {
    const d = diamond();
    const plan = planRun([d.scoreRight], context, storeWith(d.scoreRight));
    expect(renderPlan(plan).at(-1)).toBe('3 stages: 0 to run, 1 stored, 2 unneeded');
  });
});
