import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  type Scalar as YamlScalar,
} from 'yaml';
import { mostLevels, mostValues, type ValueCount } from './limits.js';
import { position } from './positions.js';
import type { Problems } from './problems.js';
import { type ConfigNode, keyPlace, type MapEntry, type MapNode, type Place, type Source } from './tree.js';
import { brief } from './wording.js';

/** More than a configuration may hold. */
export class TooLarge extends Error {
  readonly place: Place;
  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

/** Tags that say what YAML takes a value for anyway. */
const plainTags: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Makes the tree of a parsed document. */
export class TreeBuilder {
  readonly #source: Source;
  readonly #offset: number;
  readonly #problems: Problems;
  readonly #values: ValueCount;
  /** The last node of each name so far, in the order of the text. */
  readonly #anchors = new Map<string, ParsedNode>();
  /** What each alias stands for: the parser would go through the whole document for every one. */
  readonly #targets = new Map<Alias, ParsedNode | undefined>();

  /** @param offset of the parsed text in its source */
  constructor(source: Source, offset: number, values: ValueCount, problems: Problems) {
    this.#source = source;
    this.#offset = offset;
    this.#values = values;
    this.#problems = problems;
  }

  /** @throws TooLarge when aliases expand without bound, whatever the size of the file */
  build(node: ParsedNode | null, depth = 0): ConfigNode {
    const at = this.#place(node);
    if (!this.#values.add()) {
      const sentence = `a config may have at most ${mostValues} values, counting expanded aliases and all extended files`;
      throw new TooLarge(at, sentence);
    }
    if (depth > mostLevels) throw new TooLarge(at, `values are nested more than ${mostLevels} levels deep`);
    if (isAlias(node)) {
      const target = this.#targetOf(node);
      if (target) return this.build(target, depth + 1);
      const sentence = `there is no anchor &${brief(node.source)} above this alias`;
      this.#problems.addFatal('config/syntax', at, sentence);
      return { kind: 'scalar', value: null, at };
    }
    this.#note(node);
    if (node?.tag !== undefined && !plainTags.has(node.tag)) {
      const tag = brief(node.tag.replace(/^tag:yaml\.org,2002:/, '!!'));
      this.#problems.addFatal('config/syntax', at, `the tag ${tag} is not supported`);
      return { kind: 'scalar', value: null, at };
    }
    if (isMap(node)) return this.#map(node.items as Pairs, at, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(item as ParsedNode, depth + 1));
      return { kind: 'list', items, at };
    }
    return { kind: 'scalar', value: scalarValue(node), at };
  }

  #targetOf(alias: Alias.Parsed): ParsedNode | undefined {
    // Met again inside another alias, it stands for what it stood for at its own place.
    if (!this.#targets.has(alias)) this.#targets.set(alias, this.#anchors.get(alias.source));
    return this.#targets.get(alias);
  }

  #note(node: ParsedNode | null): void {
    if (!node || isAlias(node) || node.anchor === undefined) return;
    this.#anchors.set(node.anchor, node);
  }

  #map(pairs: Pairs, at: Place, depth: number): MapNode {
    const entries = new Map<string, MapEntry>();
    const map: MapNode = { kind: 'map', entries, at };
    for (const pair of pairs) {
      const place = this.#place(pair.key);
      const key = keyText(pair.key);
      if (!isCollection(pair.key)) this.#note(pair.key);
      const value = this.build(pair.value, depth + 1);
      const first = key === undefined ? undefined : keyPlace(map, [key]);
      if (key === undefined) {
        this.#problems.add('config/invalid-key', place, 'a key must be a word');
      } else if (key === '__proto__') {
        this.#problems.add('config/unknown-key', place, 'unknown key `__proto__`');
      } else if (key === '<<') {
        this.#problems.add('config/unknown-key', place, 'merge keys (`<<`) are not supported: use `extends`');
      } else if (first) {
        const { line } = position(first);
        const sentence = `\`${brief(key)}\` is set twice; first on line ${line}`;
        this.#problems.add('config/duplicate-key', place, sentence);
      } else {
        entries.set(key, { key: place, node: value.at.start === value.at.end ? moved(value, place) : value });
      }
    }
    return map;
  }

  #place(node: ParsedNode | null): Place {
    const [start, end] = node?.range ?? [0, 0];
    return { source: this.#source, start: this.#offset + start, end: this.#offset + end };
  }
}

export type Pairs = readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[];

/** A value that takes no room (`key:`) is shown at its key. */
function moved(node: ConfigNode, at: Place): ConfigNode {
  return { ...node, at };
}

export function keyText(key: ParsedNode): string | undefined {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === 'string') return key.value;
  return key.value === null ? undefined : ((key as YamlScalar.Parsed).source ?? String(key.value));
}

function scalarValue(node: ParsedNode | null) {
  const value: unknown = isScalar(node) ? node.value : null;
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  return String(value);
}
