import { useEngine } from '../../../../engine/registry.js';
import { engineOfIdentity } from '../../../../engine/types.js';
import { MmxError } from '../../../../errors.js';
import { commonSeeds, type McNemar, mcNemar } from '../../../../evaluation/compare.js';
import type { StageSpec } from '../../../../pipeline/graph/stage.js';
import { type Answers, answersOf } from '../../../../pipeline/inspect/answers.js';
import { identityOf, type RunCell } from '../../../../pipeline/runs/cells.js';
import { say } from '../../../output.js';
import { copiesOfRun } from '../../../project/copies-of-run.js';
import { openStore } from '../../../project/store.js';
import type { CompareFlags } from './command.js';
import type { MeasuredRun } from './measured-run.js';

/** McNemar's test of one cell and seed. */
export interface ComparedExamples extends McNemar {
  readonly cell: string;
  /** Null where neither side is random. */
  readonly seed: number | null;
  /** Test examples. */
  readonly tested: number;
}

/**
 * Compares the answers of both sides to each test example.
 *
 * @throws MmxError `compare/store` when a side is known by its table alone; `compare/examples` when no pair of cells
 *   was tested on the same examples
 */
export async function compareExamples(
  a: MeasuredRun,
  b: MeasuredRun,
  pairs: readonly (readonly [RunCell, RunCell])[],
  flags: CompareFlags,
): Promise<readonly ComparedExamples[]> {
  const seedsOf = pairs.map(([left, right]) => commonSeeds(left.seeds, right.seeds) ?? [null]);
  const sides = [
    await answersOfRun(
      a,
      pairs.map(([left]) => left),
      seedsOf,
      flags,
    ),
    await answersOfRun(
      b,
      pairs.map(([, right]) => right),
      seedsOf,
      flags,
    ),
  ];
  const found = pairs.flatMap(([left, right], index): ComparedExamples[] => {
    const cell = left.name === right.name ? left.name : `${left.name} → ${right.name}`;
    return (seedsOf[index] ?? []).flatMap((seed, place): ComparedExamples[] => {
      const [first, second] = sides.map((answers) => answers[index]?.[place]);
      if (!first || !second || !areOfTheSame(first, second)) return [];
      const tested = first.truth.length;
      return [{ cell, seed, tested, ...mcNemar(first.truth, first.predicted, second.predicted) }];
    });
  });
  if (found.length > 0) return found;
  throw new MmxError('compare/examples', `${a.name} and ${b.name} were not tested on the same examples`, {
    exitCode: 2,
    hint: 'without --examples their accuracies can be compared',
  });
}

const areOfTheSame = (a: Answers, b: Answers): boolean =>
  a.examples === b.examples &&
  a.truth.length === b.truth.length &&
  a.truth.every((label, index) => label === b.truth[index]);

/** Of each cell the answers of its runs with these seeds, in their order; undefined for what is no classification. */
async function answersOfRun(
  { name, manifest }: MeasuredRun,
  cells: readonly RunCell[],
  seedsOf: readonly (readonly (number | null)[])[],
  { data, json }: CompareFlags,
): Promise<readonly (readonly (Answers | undefined)[])[]> {
  if (!manifest) {
    throw new MmxError('compare/store', `${name} is a table without a manifest: its answers are not known`, {
      exitCode: 2,
      hint: 'name the run by its id, in the directory where it ran: mmx runs ls',
    });
  }
  const identity = identityOf(manifest);
  const { name: engine, tf32 } = engineOfIdentity(identity.engine);
  await useEngine(engine, { tf32 });
  const store = openStore();
  const local = copiesOfRun(manifest, data);
  // A result without randomness stands against every seed of the other side.
  const known = new Map<StageSpec, Answers>();
  const found: (Answers | undefined)[][] = [];
  for (const [index, { seeds, results }] of cells.entries()) {
    const own: (Answers | undefined)[] = [];
    for (const seed of seedsOf[index] ?? []) {
      const spec = results[seeds === null || seed === null ? 0 : seeds.indexOf(seed)];
      if (spec?.kind !== 'score') {
        own.push(undefined);
        continue;
      }
      if (!json && !known.has(spec)) say(`${name}: ${spec.label}`);
      const answers = known.get(spec) ?? (await answersOf(spec, identity, store, local));
      known.set(spec, answers);
      own.push(answers);
    }
    found.push(own);
  }
  return found;
}

export function exampleLines(found: readonly ComparedExamples[]): string[] {
  const width = Math.max(4, ...found.map(({ cell }) => cell.length));
  return [
    `${'cell'.padEnd(width)}  ${'seed'.padStart(5)}  ${'examples'.padStart(8)}  ${'A alone'.padStart(7)}  ${'B alone'.padStart(7)}  ${'McNemar p'.padStart(9)}`,
    ...found.map(({ cell, seed, tested, onlyFirst, onlySecond, p }) =>
      [
        cell.padEnd(width),
        String(seed ?? 'none').padStart(5),
        String(tested).padStart(8),
        String(onlyFirst).padStart(7),
        String(onlySecond).padStart(7),
        (p < 0.0001 ? '< 1e-4' : p.toFixed(4)).padStart(9),
      ].join('  '),
    ),
    'A alone, B alone: examples that only that side answers rightly.',
  ];
}
