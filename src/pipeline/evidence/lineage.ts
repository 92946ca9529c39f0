import { createHash } from 'node:crypto';
import { canonicalJson, isRecord, type Json } from '../../json.js';
import type { ArtifactStore } from '../store/store.js';
import { withoutSeed } from './curves.js';

/**
 * What makes two stored artifacts the same thing but for the seed: label and parameters without it, and the same of
 * everything they were made of. Two scores of equal parameters may stand on autoencoders that differ.
 *
 * @returns a function from the hash of an artifact to a text that artifacts share that differ in the seed alone; an
 * artifact that is no longer stored is like no other
 */
export function lineages(store: ArtifactStore): (hash: string) => string {
  const known = new Map<string, string>();
  const lineage = (hash: string): string => {
    const before = known.get(hash);
    if (before !== undefined) return before;
    let text = hash;
    // Until it is known it stands for itself: records that somebody changed may name each other in a circle.
    known.set(hash, text);
    if (store.has(hash)) {
      const { label, parameters, inputs } = store.record(hash);
      const made = Object.fromEntries(
        Object.entries(inputs).map(([role, input]): [string, string] => [role, lineage(input)]),
      );
      const whole = canonicalJson([withoutSeed(label), seedless(parameters), made]);
      text = createHash('sha256').update(whole).digest('hex');
    }
    known.set(hash, text);
    return text;
  };
  return lineage;
}

function seedless(parameters: Json): Json {
  if (!isRecord(parameters)) return parameters;
  const members = Object.entries(parameters as { readonly [key: string]: Json });
  return Object.fromEntries(members.filter(([key]) => key !== 'seed'));
}
