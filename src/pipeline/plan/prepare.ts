import { isSeeded } from '../../architectures/index.js';
import type { Experiment, Resolved } from '../../config/index.js';
import { useEngine } from '../../engine/registry.js';
import { type Engine, type EngineName, engineIdentity } from '../../engine/types.js';
import type { IdentityContext } from '../graph/identity.js';
import { stageVersions } from '../stages/index.js';
import { type ExperimentStages, type ResolvedExperiment, stagesOf } from './experiment.js';
import { dataOf, type LocalCorpora, resolveExperiments } from './resolve.js';

/** One experiment with the stages of each of its seeds. */
export interface PreparedExperiment {
  readonly config: Resolved<Experiment>;
  readonly resolved: ResolvedExperiment;
  readonly runs: readonly { readonly seed: number; readonly stages: ExperimentStages }[];
}

/** What is decided of experiments before an engine is chosen. */
export interface PreparedExperiments {
  readonly experiments: readonly PreparedExperiment[];
  readonly local: LocalCorpora;
}

/** Everything decided before the first stage runs. */
export interface PreparedRun extends PreparedExperiments {
  readonly engine: Engine;
  readonly declined: readonly { readonly name: string; readonly reason: string }[];
  readonly identity: IdentityContext;
}

/**
 * Checks experiments, chooses the engine and names every stage.
 *
 * @param threads of each worker: the engine chosen here is the one they will bring up
 *
 * @throws ConfigError, or MmxError when a corpus or an engine is missing
 */
export async function prepareRun(
  configs: readonly Resolved<Experiment>[],
  data: LocalCorpora,
  threads: number,
): Promise<PreparedRun> {
  const prepared = prepareExperiments(configs, data);
  const declined: { name: string; reason: string }[] = [];
  const asked = engineOf(configs);
  const engine = await useEngine(asked.engine as EngineName | 'auto', {
    threads,
    tf32: asked.tf32,
    onDecline: (name, reason) => declined.push({ name, reason }),
  });
  return {
    ...prepared,
    engine,
    declined,
    identity: { engine: engineIdentity(engine.name, asked.tf32), versions: stageVersions },
  };
}

/**
 * Checks experiments and names every stage.
 *
 * An architecture without randomness runs once, whatever the list of seeds.
 *
 * @throws ConfigError, or MmxError when a corpus is missing
 */
export function prepareExperiments(
  configs: readonly Resolved<Experiment>[],
  data: LocalCorpora,
): PreparedExperiments {
  const local: Record<string, string> = {};
  const experiments = resolveExperiments(configs, data).map((experiment, index) => {
    const config = configs[index] as Resolved<Experiment>;
    for (const corpus of [config.value.corpus, ...config.value.unlabelled]) {
      const directory = dataOf(corpus, data);
      if (directory !== undefined) local[corpus.name] = directory;
    }
    const { seeds: all, features } = config.value;
    const seeds = isSeeded(experiment.architecture, features.beside) ? all : all.slice(0, 1);
    return {
      config,
      resolved: experiment,
      runs: seeds.map((seed) => ({ seed, stages: stagesOf(experiment, seed) })),
    };
  });
  return { experiments, local };
}

/** The one engine of a run, as the check of its experiments has made sure. */
function engineOf(configs: readonly Resolved<Experiment>[]): Pick<Experiment, 'engine' | 'tf32'> {
  const [first] = configs;
  if (!first) throw new Error('a run has at least one experiment');
  return first.value;
}
