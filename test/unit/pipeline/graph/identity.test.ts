import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/json.js';
import { stageHash } from '../../../../src/pipeline/graph/identity.js';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { spec } from '../../../fixtures/pipeline/toys.js';

const context = { versions: { walk: 1, sum: 2 }, engine: 'cpu' };

describe('the identity of a stage', () => {
  it('is the SHA-256 of kind, version, parameters, inputs and engine in canonical JSON', () => {
    const leaf = spec('walk', 'leaf', { seed: 1 });
    const leafText = '{"engine":"cpu","inputs":{},"kind":"walk","parameters":{"seed":1},"version":1}';
    const sha = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(stageHash(leaf, context)).toBe(sha(leafText));
    const sum = spec('sum', 'sum', null, { a: leaf });
    const text = `{"engine":"cpu","inputs":{"a":"${sha(leafText)}"},"kind":"sum","parameters":null,"version":2}`;
    expect(stageHash(sum, context)).toBe(sha(text));
  });

  it('depends neither on label, cost nor the order of keys', () => {
    const input = spec('walk', 'one', { seed: 1, steps: 2 }, {}, 5);
    const same = spec('walk', 'another name', { steps: 2, seed: 1 }, {}, 9);
    expect(stageHash(same, context)).toBe(stageHash(input, context));
    const other = spec('walk', 'other', { seed: 2, steps: 2 });
    expect(stageHash(spec('sum', 's', 0, { a: input, b: other }), context)).toBe(
      stageHash(spec('sum', 't', 0, { b: other, a: same }), context),
    );
  });

  it('changes with everything else, in an input of an input too', () => {
    const make = (seed: number, role = 'a', kind = 'sum', parameter: Json = 0): StageSpec =>
      spec('sum', 'top', 0, {
        x: spec(kind, 'middle', parameter, { [role]: spec('walk', 'leaf', { seed }) }),
      });
    const hashes = [
      stageHash(make(1), context),
      stageHash(make(2), context),
      stageHash(make(1, 'b'), context),
      stageHash(make(1, 'a', 'walk'), context),
      stageHash(make(1, 'a', 'sum', 1), context),
      stageHash(make(1), { ...context, engine: 'ort' }),
      stageHash(make(1), { ...context, versions: { walk: 3, sum: 2 } }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('refuses parameters that JSON would change', () => {
    const hash = (parameters: unknown) => () => stageHash(spec('walk', 'w', parameters as Json), context);
    expect(hash({ rate: Number.NaN })).toThrow(
      'A value in the parameters of stage "w".rate is not JSON: NaN.',
    );
    expect(hash({ list: [1, undefined] })).toThrow(/\.list\[1\] is not JSON: undefined/);
    expect(hash({ at: new Date(0) })).toThrow(/\.at is not JSON: object/);
    expect(hash({ rate: Number.POSITIVE_INFINITY })).toThrow(/Infinity/);
  });

  it('refuses unknown kinds, naming the known ones', () => {
    const hash = () => stageHash(spec('wlak', 'w', 0), context);
    expect(hash).toThrow('Stage "w" is of the unknown kind "wlak"; there are sum, walk.');
    expect(() => stageHash(spec('toString', 'w', 0), context)).toThrow(/unknown kind "toString"/);
  });

  it('refuses stages that need each other', () => {
    const inputs: Record<string, StageSpec> = {};
    const first = spec('walk', 'first', 0, inputs);
    inputs.a = spec('walk', 'second', 0, { b: first });
    const top = spec('sum', 'top', 0, { a: first });
    expect(() => stageHash(top, context)).toThrow('in a circle: "first" needs "second" needs "first".');
  });
});
