import { createHash } from 'node:crypto';
import { MmxError } from '../../errors.js';
import { canonicalJson, type Json } from '../../json.js';
import type { StageSpec } from './stage.js';

/** What, besides the spec itself, decides the numbers of a stage. */
export interface IdentityContext {
  /** Version of the implementation of each kind. */
  readonly versions: Readonly<Record<string, number>>;
  /** Engines agree within a tolerance, not in every bit, so each has its own artifacts. */
  readonly engine: string;
}

const memo = new WeakMap<IdentityContext, WeakMap<StageSpec, string>>();

/**
 * Hash of what a stage computes: kind, version of its code, parameters, hashes of its inputs by role, engine. Label
 * and cost do not enter. 64 hexadecimal digits.
 *
 * Specs are shared between rows and must not change once made: hashes are remembered by object.
 *
 * @throws MmxError `pipeline/unknown-kind`, `pipeline/cycle`, `pipeline/parameters`
 */
export function stageHash(spec: StageSpec, context: IdentityContext): string {
  let known = memo.get(context);
  if (known === undefined) {
    known = new WeakMap();
    memo.set(context, known);
  }
  return hashOf(spec, context, known, []);
}

function hashOf(
  spec: StageSpec,
  context: IdentityContext,
  known: WeakMap<StageSpec, string>,
  path: readonly StageSpec[],
): string {
  const remembered = known.get(spec);
  if (remembered !== undefined) return remembered;
  if (path.includes(spec)) {
    const labels = [...path.slice(path.indexOf(spec)), spec].map((stage) => `"${stage.label}"`);
    throw new MmxError('pipeline/cycle', `Stages need each other in a circle: ${labels.join(' needs ')}.`);
  }
  const version = Object.hasOwn(context.versions, spec.kind) ? context.versions[spec.kind] : undefined;
  if (version === undefined) {
    const kinds = Object.keys(context.versions).sort().join(', ');
    throw new MmxError(
      'pipeline/unknown-kind',
      `Stage "${spec.label}" is of the unknown kind "${spec.kind}"; there are ${kinds}.`,
    );
  }
  assertJson(spec.parameters, `the parameters of stage "${spec.label}"`);
  const inputs: Record<string, string> = {};
  for (const [role, input] of Object.entries(spec.inputs)) {
    inputs[role] = hashOf(input, context, known, [...path, spec]);
  }
  const identity = {
    kind: spec.kind,
    version,
    parameters: spec.parameters,
    inputs,
    engine: context.engine,
  };
  const hash = createHash('sha256').update(canonicalJson(identity)).digest('hex');
  known.set(spec, hash);
  return hash;
}

/**
 * Refuses what JSON would change in silence: NaN and infinities become null, undefined members vanish, and two
 * different values would share one hash.
 *
 * @throws MmxError `pipeline/parameters` naming the place
 */
export function assertJson(value: unknown, where: string): asserts value is Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertJson(item, `${where}[${index}]`);
    return;
  }
  if (typeof value === 'object') {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      for (const [key, item] of Object.entries(value)) assertJson(item, `${where}.${key}`);
      return;
    }
  }
  const shown = typeof value === 'number' ? String(value) : typeof value;
  throw new MmxError('pipeline/parameters', `A value in ${where} is not JSON: ${shown}.`);
}
