import type { Random } from './random.js';
import { oddNumbers, oddText } from './words.js';

/** A document as its grammar sees it: keys may come twice, and a piece of raw text may stand for a value. */
export type Tree = null | boolean | number | string | Tree[] | Fields | Raw;

/** A map with its keys in order, as often as they are written. */
export class Fields {
  readonly entries: [string, Tree][];
  constructor(entries: [string, Tree][]) {
    this.entries = entries;
  }
}

/** Text that is written as it stands, in JSON and in YAML. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** @param value what JSON or YAML can hold */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (value !== null && typeof value === 'object') {
    return new Fields(Object.entries(value).map(([key, member]): [string, Tree] => [key, treeOf(member)]));
  }
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'string'
  ) {
    return value;
  }
  return String(value);
}

export function copyOf(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(copyOf);
  if (tree instanceof Fields) {
    return new Fields(tree.entries.map(([key, member]): [string, Tree] => [key, copyOf(member)]));
  }
  return tree;
}

/** A place in a tree that holds a value. */
interface Slot {
  readonly parent: Tree[] | Fields;
  readonly index: number;
}

function slotsOf(tree: Tree, found: Slot[] = []): Slot[] {
  if (Array.isArray(tree)) {
    tree.forEach((member, index) => {
      found.push({ parent: tree, index });
      slotsOf(member, found);
    });
  } else if (tree instanceof Fields) {
    tree.entries.forEach(([, member], index) => {
      found.push({ parent: tree, index });
      slotsOf(member, found);
    });
  }
  return found;
}

function valueAt({ parent, index }: Slot): Tree {
  return (parent instanceof Fields ? parent.entries[index]?.[1] : parent[index]) ?? null;
}

function put({ parent, index }: Slot, value: Tree): void {
  if (!(parent instanceof Fields)) parent[index] = value;
  else {
    const entry = parent.entries[index];
    if (entry) entry[1] = value;
  }
}

/** Values of a tree, itself first. */
export function valuesOf(tree: Tree): readonly Tree[] {
  return [tree, ...slotsOf(tree).map(valueAt)];
}

/** Dotted paths of the members of maps, as overrides name them. */
export function pathsOf(tree: Tree, prefix = ''): readonly string[] {
  if (!(tree instanceof Fields)) return [];
  return tree.entries.flatMap(([key, member]) => [`${prefix}${key}`, ...pathsOf(member, `${prefix}${key}.`)]);
}

/** A value that does not belong where it is put. */
export function oddValue(random: Random, instead: Tree = 'word'): Tree {
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return random.pick(oddNumbers);
    case 3:
    case 4:
    case 5:
      return oddText(random, typeof instead === 'string' ? instead : 'word');
    case 6:
      return random.pick([null, true, false, [], new Fields([])]);
    case 7:
      return random.pick<Tree>([
        [instead],
        [null],
        [[]],
        new Fields([['', null]]),
        new Fields([['x', instead]]),
      ]);
    case 8:
      return new Raw(
        random.pick([
          '1e999',
          '-1e999',
          '-0',
          '1E400',
          '0.1e-999',
          '00',
          '+1',
          '.5',
          'NaN',
          '0x1f',
          '.inf',
          '~',
        ]),
      );
    case 9:
      return random.chance(0.2) ? deep(random) : typeof instead === 'number' ? String(instead) : 7;
    case 10:
      return random.chance(0.1) ? wide(random, instead) : [1, 2, 3];
    default:
      return typeof instead === 'number'
        ? random.pick([instead + 1, -instead, instead * 1e6, instead + 0.5])
        : 1;
  }
}

function deep(random: Random): Raw {
  const levels = random.pick([20, 40, 150, 300, 3000, 60_000]);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"": ', '}]'],
  ] as const);
  return new Raw(
    open.repeat(levels) + random.pick(['1', 'null', '"x"']) + close.repeat(random.chance(0.9) ? levels : 0),
  );
}

function wide(random: Random, instead: Tree): Raw {
  const length = random.pick([200, 5000, 30_000]);
  const member = typeof instead === 'string' ? JSON.stringify(instead) : '0';
  if (random.chance(0.5)) return new Raw(`[${`${member},`.repeat(length)}${member}]`);
  return new Raw(`{${Array.from({ length }, (_, index) => `"k${index}": ${member}`).join(',')}}`);
}

type TreeMutation = (slot: Slot, random: Random, slots: readonly Slot[], others: readonly Tree[]) => void;

function remove({ parent, index }: Slot): void {
  if (parent instanceof Fields) parent.entries.splice(index, 1);
  else parent.splice(index, 1);
}

const mutations: readonly TreeMutation[] = [
  (slot) => remove(slot),
  function duplicate({ parent, index }, random) {
    const times = random.chance(0.9) ? 1 : random.pick([3, 100]);
    for (let count = 0; count < times; count++) {
      if (parent instanceof Fields) {
        const [key, value] = parent.entries[index] ?? ['', null];
        parent.entries.push([random.chance(0.5) ? key : `${key}${count + 2}`, copyOf(value)]);
      } else parent.push(copyOf(parent[index] ?? null));
    }
  },
  (slot, random) => put(slot, oddValue(random, valueAt(slot))),
  (slot, random) => put(slot, oddValue(random, valueAt(slot))),
  (slot, random) => put(slot, oddValue(random, valueAt(slot))),
  function changeText(slot, random) {
    const value = valueAt(slot);
    put(slot, oddText(random, typeof value === 'string' ? value : 'word'));
  },
  function nearNumber(slot, random) {
    const value = valueAt(slot);
    put(slot, typeof value === 'number' ? value * random.pick([0, -1, 0.5, 2, 10, 1000]) : random.below(10));
  },
  function rename({ parent, index }, random) {
    if (!(parent instanceof Fields)) return;
    const entry = parent.entries[index];
    if (entry) entry[0] = random.chance(0.3) ? `${entry[0]}s` : oddText(random, entry[0]);
  },
  function add({ parent }, random) {
    const value = oddValue(random);
    if (parent instanceof Fields) parent.entries.push([oddText(random, 'key'), value]);
    else parent.splice(random.below(parent.length + 1), 0, value);
  },
  function swap(slot, random, slots) {
    const other = random.pick(slots);
    const [one, two] = [copyOf(valueAt(slot)), copyOf(valueAt(other))];
    put(slot, two);
    put(other, one);
  },
  function copyWithin(slot, random, slots) {
    put(slot, copyOf(valueAt(random.pick(slots))));
  },
  function graft(slot, random, _slots, others) {
    put(slot, copyOf(random.pick(valuesOf(random.pick(others)))));
  },
  function turnRound({ parent }) {
    if (parent instanceof Fields) parent.entries.reverse();
    else parent.reverse();
  },
];

/** A copy of a document whose tree was changed in a few places, sometimes with parts of others. */
export function damagedTree(start: Tree, others: readonly Tree[], random: Random): Tree {
  if (random.chance(0.01)) return oddValue(random, start);
  const tree = copyOf(start);
  for (let count = random.pick([1, 1, 1, 2, 2, 3, 5]); count > 0; count--) {
    const slots = slotsOf(tree);
    if (slots.length === 0) return oddValue(random, tree);
    random.pick(mutations)(random.pick(slots), random, slots, others);
  }
  return tree;
}
