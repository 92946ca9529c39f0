import type { GraphStage, StageGraph } from '../../graph/graph.js';

/** One job array: stages of one kind that wait for their inputs in the same way. */
export interface ArrayPlan {
  readonly kind: string;
  /** Hash of the stage of each index. Indices need not be consecutive. */
  readonly tasks: ReadonlyMap<number, string>;
  /** Positions of earlier arrays whose task of the same index makes an input (`aftercorr`). */
  readonly corresponding: readonly number[];
  /** Stages, of earlier arrays or in the queue already, that all of its tasks need (`afterok`). */
  readonly after: readonly string[];
}

/** Slurm's own default is indices up to 1000. */
export const defaultArrayLimit = 1000;

interface Draft {
  readonly position: number;
  readonly kind: string;
  readonly tasks: Map<number, string>;
  readonly corresponding: readonly number[];
  readonly after: readonly string[];
}

/**
 * Groups stages into job arrays, each after those it depends on. Seeds of one experiment become the tasks of one array
 * each stage, tied to the array before it index by index, so that no seed waits for another; no task waits for
 * anything that it does not need.
 *
 * @param submitted the stages to run
 * @param queued stages that are in the queue already
 * @param limit indices are below it
 */
export function planArrays(
  graph: StageGraph,
  submitted: ReadonlySet<string>,
  queued: ReadonlySet<string>,
  limit: number = defaultArrayLimit,
): readonly ArrayPlan[] {
  const stages = [...graph.stages.values()].filter(({ hash }) => submitted.has(hash));
  const families = familiesOf(graph, submitted);
  const shared = sharedInputs(stages, families);
  const places = new Map<string, { array: number; index: number }>();
  const arrays: Draft[] = [];
  const byKey = new Map<string, Draft[]>();

  for (const { hash, spec, inputs } of stages) {
    const family = families.get(hash) ?? '';
    const needed = [...new Set(Object.values(inputs))];
    const own = needed.filter((input) => submitted.has(input));
    let tied = own.filter((input) => !shared.has(`${input} ${family}`));
    const indices = new Set(tied.map((input) => places.get(input)?.index));
    if (indices.size > 1) tied = [];
    const index = tied.length === 0 ? undefined : [...indices][0];
    const corresponding = [...new Set(tied.map((input) => places.get(input)?.array ?? 0))].sort(
      (a, b) => a - b,
    );
    const after = [
      ...own.filter((input) => !tied.includes(input)),
      ...needed.filter((input) => queued.has(input)),
    ].sort();
    const key = JSON.stringify([family, corresponding, after]);
    const candidates = byKey.get(key) ?? [];
    let array = candidates.find(({ tasks }) =>
      index === undefined ? tasks.size < limit : !tasks.has(index),
    );
    if (array === undefined) {
      array = { position: arrays.length, kind: spec.kind, tasks: new Map(), corresponding, after };
      arrays.push(array);
      byKey.set(key, [...candidates, array]);
    }
    const place = index ?? array.tasks.size;
    array.tasks.set(place, hash);
    places.set(hash, { array: array.position, index: place });
  }
  return arrays.map(({ position: _, ...plan }) => plan);
}

/**
 * Stages of one family have the same kind and are used by the same families in the same roles: the RBM of the left
 * modality, whatever its seed, is never of one family with that of the right one.
 */
function familiesOf(graph: StageGraph, submitted: ReadonlySet<string>): ReadonlyMap<string, string> {
  const families = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { hash, spec, dependents } of [...graph.stages.values()].reverse()) {
    const uses = dependents
      .filter((dependent) => submitted.has(dependent))
      .flatMap((dependent) =>
        Object.entries(graph.stages.get(dependent)?.inputs ?? {})
          .filter(([, input]) => input === hash)
          .map(([role]) => `${role} of ${families.get(dependent)}`),
      );
    const description = [spec.kind, ...[...new Set(uses)].sort()].join('\n');
    // Short names: descriptions that held those of all dependents would grow with the depth of the graph.
    const name = names.get(description) ?? `${spec.kind}-${names.size}`;
    names.set(description, name);
    families.set(hash, name);
  }
  return families;
}

/**
 * Inputs that more stages of a family share than there are such inputs: one corpus for all seeds. Tied by index they
 * would tear the family into arrays of one task. As `input family`.
 */
function sharedInputs(
  stages: readonly GraphStage[],
  families: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const users = new Map<string, number>();
  const providers = new Map<string, Set<string>>();
  const providersOf = (input: string, family: string): string => `${families.get(input)} ${family}`;
  for (const { hash, inputs } of stages) {
    const family = families.get(hash) ?? '';
    for (const input of new Set(Object.values(inputs))) {
      users.set(`${input} ${family}`, (users.get(`${input} ${family}`) ?? 0) + 1);
      const among = providers.get(providersOf(input, family)) ?? new Set();
      providers.set(providersOf(input, family), among.add(input));
    }
  }
  const shared = [...users].filter(([key, count]) => {
    const [input = '', family = ''] = key.split(' ');
    return count > (providers.get(providersOf(input, family))?.size ?? 0);
  });
  return new Set(shared.map(([key]) => key));
}
