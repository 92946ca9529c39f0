import { type IdentityContext, stageHash } from '../graph/identity.js';
import type { StageSpec } from '../graph/stage.js';
import type { RunResult, StageFailure } from './result.js';

/**
 * True when a run did all it could, so that what is missing failed by itself: it was neither interrupted nor ended by a
 * store that cannot be read or written.
 */
export function ranThrough({ stages, failures, interrupted }: RunResult): boolean {
  const ended = stages.every(({ end }) => end !== 'interrupted' && end !== 'not-started');
  return ended && interrupted === undefined && !failures.some(({ error }) => error.code.startsWith('store/'));
}

/** What a target's stage, or one that it needs, failed of; undefined when none of them failed. */
export function failureBehind(
  target: StageSpec,
  identity: IdentityContext,
  { failures }: RunResult,
): StageFailure | undefined {
  const byHash = new Map(failures.map((failure) => [failure.hash, failure]));
  const waiting = [target];
  const seen = new Set<StageSpec>();
  for (let spec = waiting.shift(); spec !== undefined; spec = waiting.shift()) {
    const failure = byHash.get(stageHash(spec, identity));
    if (failure) return failure;
    for (const input of Object.values(spec.inputs)) {
      if (seen.has(input)) continue;
      seen.add(input);
      waiting.push(input);
    }
  }
  return undefined;
}
