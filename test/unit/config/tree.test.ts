import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConfigNode,
  type MapNode,
  merge,
  mergeMaps,
  type Place,
  type Plain,
  toPlain,
} from '../../../src/config/tree.js';

const at: Place = { source: { kind: 'file', name: 'x.yaml', text: '' }, start: 0, end: 0 };

function tree(value: Plain): ConfigNode {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(tree), at };
  if (value !== null && typeof value === 'object') return map(value as Record<string, Plain>);
  return { kind: 'scalar', value: value as string | number | boolean | null, at };
}

function map(value: Readonly<Record<string, Plain>>): MapNode {
  const entries = Object.entries(value).map(
    ([key, member]) => [key, { key: at, node: tree(member) }] as const,
  );
  return { kind: 'map', entries: new Map(entries), at };
}

/** Few keys, so that the maps of a case collide. */
const key = fc.constantFrom('a', 'b', 'c');
const { document } = fc.letrec<{ value: Plain; document: Record<string, Plain> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Plain>(null, true, 1, 2, 'x'),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('document'),
  ),
  document: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));

/** The rule as one sentence of plain JavaScript, to compare with. */
function plainMerge(base: Record<string, Plain>, overlay: Record<string, Plain>): Record<string, Plain> {
  const result: Record<string, Plain> = { ...base };
  for (const [name, value] of Object.entries(overlay)) {
    const below = result[name];
    if (value === null) delete result[name];
    else if (isMap(value)) result[name] = plainMerge(isMap(below) ? below : {}, value);
    else result[name] = value;
  }
  return result;
}

function isMap(value: Plain | undefined): value is Record<string, Plain> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

describe('merging', () => {
  it('merges maps, replaces lists and scalars, removes at null', () => {
    const base = map({ keep: 1, list: [1, 2, 3], inner: { x: 1, y: 2 }, gone: { z: 1 } });
    const overlay = map({ list: [9], inner: { y: 3 }, gone: null, scalar: 'new' });
    expect(toPlain(merge(base, overlay))).toEqual({
      keep: 1,
      list: [9],
      inner: { x: 1, y: 3 },
      scalar: 'new',
    });
  });

  it('follows the plain rule on any two documents', () => {
    fc.assert(
      fc.property(document, document, (base, overlay) => {
        const clean = plainMerge({}, base);
        expect(toPlain(mergeMaps(map(base), map(overlay)))).toEqual(plainMerge(clean, overlay));
      }),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(document, document, (base, overlay) => {
        const once = mergeMaps(map(base), map(overlay));
        expect(toPlain(mergeMaps(once, map(overlay)))).toEqual(toPlain(once));
      }),
    );
  });

  it('is associative, so a file that extends another may itself be extended', () => {
    fc.assert(
      fc.property(document, document, document, (a, b, c) => {
        const leftFirst = mergeMaps(mergeMaps(map(a), map(b)), map(c));
        const rightFirst = mergeMaps(map(a), mergeMaps(map(b), map(c)));
        expect(toPlain(rightFirst)).toEqual(toPlain(leftFirst));
      }),
    );
  });

  it('removes a key whatever it held', () => {
    fc.assert(
      fc.property(document, key, (base, name) => {
        const merged = toPlain(mergeMaps(map(base), map({ [name]: null })));
        expect(merged).not.toHaveProperty(name);
      }),
    );
  });

  it('changes neither of its arguments', () => {
    fc.assert(
      fc.property(document, document, (base, overlay) => {
        const [a, b] = [map(base), map(overlay)];
        mergeMaps(a, b);
        expect([toPlain(a), toPlain(b)]).toEqual([plainMerge({}, base), plainMerge({}, overlay)]);
      }),
    );
  });
});
