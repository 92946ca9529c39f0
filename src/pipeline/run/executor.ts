import type { Engine } from '../../engine/types.js';
import { unended } from '../../errors.js';
import type { Json } from '../../json.js';
import type { Artifact, EpochMeans, StageImplementation, StageProgress } from '../graph/stage.js';
import { StageCheckpointer } from '../store/checkpoint.js';
import { ArtifactError } from '../store/damage.js';
import type { ArtifactStore } from '../store/store.js';

/** A stage ready to run: its inputs are stored. Plain data, it travels between processes. */
export interface StageJob {
  readonly hash: string;
  readonly kind: string;
  readonly version: number;
  readonly label: string;
  readonly parameters: Json;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface StageOutcome {
  readonly seconds: number;
  /** `reused`: another process had stored it by the time this one was done, or before it began. */
  readonly stored: 'stored' | 'reused';
}

/** What a process that runs stages has at hand. */
export interface StageRuntime {
  readonly implementations: Readonly<Record<string, StageImplementation>>;
  readonly engine: Engine;
  /** Directories of the user's own corpora, by corpus name. */
  readonly local: Readonly<Record<string, string>>;
  readonly store: ArtifactStore;
  readonly cache: InputCache;
  readonly checkpointDirectory: string;
  readonly checkpointSeconds: number;
  /** Asked whenever a checkpoint is offered. */
  readonly shouldStop: () => boolean;
}

export interface StageListener {
  progress(progress: StageProgress): void;
  warning(message: string): void;
}

/** More often than this nobody can read it, and the parent has better things to do. */
const progressIntervalMs = 100;

/**
 * Runs one stage and stores what it makes.
 *
 * @throws StageInterrupted when `shouldStop` and the stage offered a checkpoint; ArtifactError when an input is damaged
 *   (it has been set aside by then) or gone; whatever the stage or store throws
 */
export async function executeStage(
  job: StageJob,
  runtime: StageRuntime,
  listener: StageListener,
): Promise<StageOutcome> {
  const { store, engine } = runtime;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  if (store.isSound(job.hash)) return { seconds: 0, stored: 'reused' };

  const implementation = runtime.implementations[job.kind];
  if (implementation === undefined || implementation.version !== job.version) {
    const found = implementation === undefined ? 'none' : `version ${implementation.version}`;
    throw new Error(`no implementation of "${job.kind}" version ${job.version} here, but ${found}`);
  }
  const inputs: Record<string, Artifact> = {};
  for (const [role, hash] of Object.entries(job.inputs)) inputs[role] = loadInput(hash, runtime);

  const checkpoint = new StageCheckpointer(runtime.checkpointDirectory, job.hash, {
    intervalSeconds: runtime.checkpointSeconds,
    shouldStop: runtime.shouldStop,
    warn: (message) => listener.warning(message),
  });
  let lastProgress = Number.NEGATIVE_INFINITY;
  /** Of reports that were not passed on. */
  let epochs: readonly EpochMeans[] = [];
  const artifact = await implementation.run({
    parameters: job.parameters,
    inputs,
    engine,
    local: runtime.local,
    checkpoint,
    progress(progress) {
      const now = performance.now();
      epochs = [...epochs, ...(progress.epochs ?? [])];
      if (now - lastProgress < progressIntervalMs && progress.done < progress.total) return;
      lastProgress = now;
      listener.progress(epochs.length === 0 ? progress : { ...progress, epochs });
      epochs = [];
    },
  });
  const stored = store.save(job.hash, artifact, {
    kind: job.kind,
    version: job.version,
    label: job.label,
    parameters: job.parameters,
    inputs: job.inputs,
    engine: { name: engine.name, description: engine.description, versions: engine.versions },
    seconds: seconds(),
  });
  checkpoint.remove();
  return { seconds: seconds(), stored };
}

/** Damage is found here and set aside here: the file in hand is the one that was read. */
function loadInput(hash: string, { cache, store }: StageRuntime): Artifact {
  try {
    return cache.load(hash);
  } catch (error) {
    if (!(error instanceof ArtifactError) || error.code !== 'store/corrupted') throw error;
    const aside = store.setAside(error);
    if (aside === undefined) return cache.load(hash); // another process has computed it anew by now
    throw setAsideError(error, aside);
  }
}

/** What is told of a damaged artifact that has been moved to `aside`. */
export function setAsideError({ message, artifact, cause }: ArtifactError, aside: string): ArtifactError {
  const what = `${unended(message)}; it was set aside as ${aside}.`;
  return new ArtifactError('store/corrupted', what, artifact, {
    hint: 'Run the same command again: it is computed anew.',
    cause,
  });
}

export const defaultCacheBytes = 512 * 1024 * 1024;

/**
 * Artifacts a process has read, so that the corpus is read and checked once and not once a stage. Least recently used
 * go first when the total passes the limit; the newest always stays. Stages share these arrays and must not write
 * to them.
 */
export class InputCache {
  readonly #store: ArtifactStore;
  readonly #limit: number;
  readonly #entries = new Map<string, { artifact: Artifact; bytes: number }>();
  #bytes = 0;

  constructor(store: ArtifactStore, limitBytes: number = defaultCacheBytes) {
    this.#store = store;
    this.#limit = limitBytes;
  }

  /** @throws MmxError `store/missing`, `store/corrupted` */
  load(hash: string): Artifact {
    const known = this.#entries.get(hash);
    if (known !== undefined) {
      // A Map keeps insertion order: moving the entry to the end marks it as the most recently used.
      this.#entries.delete(hash);
      this.#entries.set(hash, known);
      return known.artifact;
    }
    const artifact = this.#store.load(hash);
    const bytes = Object.values(artifact.tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    this.#entries.set(hash, { artifact, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#limit || oldest === hash) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
    return artifact;
  }
}
