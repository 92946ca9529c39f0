import type { IdentityContext } from '../graph/identity.js';
import type { ArtifactStore } from '../store/store.js';
import type { StageJob } from './executor.js';
import type { RunProgress } from './progress.js';
import type { WorkerSetup } from './worker-messages.js';

/** What every launcher is given besides the progress that it keeps. */
export interface LaunchContext {
  readonly store: ArtifactStore;
  readonly setup: WorkerSetup;
  /** Whether an artifact can be used; a damaged one is set aside and told. */
  readonly isStored: (hash: string) => boolean;
  readonly versions: IdentityContext['versions'];
  /** Module of the processes that run stages. */
  readonly worker: string | URL;
}

/** A stage as it is handed to whoever runs it. */
export function jobOf(progress: RunProgress, hash: string, { versions }: LaunchContext): StageJob {
  const { spec, inputs } = progress.stage(hash);
  const { kind, label, parameters } = spec;
  return { hash, kind, label, version: versions[kind] ?? 0, parameters, inputs };
}

export const interruptSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Handles signals while `work` goes on. */
export async function withSignals<T>(handle: (signal: string) => void, work: () => Promise<T>): Promise<T> {
  const handlers = interruptSignals.map((signal) => ({ signal, listener: () => handle(signal) }));
  for (const { signal, listener } of handlers) process.on(signal, listener);
  try {
    return await work();
  } finally {
    for (const { signal, listener } of handlers) process.off(signal, listener);
  }
}
