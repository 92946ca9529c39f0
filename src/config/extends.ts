import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { packageRoot } from '../package-root.js';
import { visible } from '../visible.js';
import { mostExtensions, mostFiles, ValueCount } from './limits.js';
import { Problems } from './problems.js';
import { readSource } from './read-source.js';
import { parseFile } from './read-yaml.js';
import {
  type ConfigNode,
  type MapEntry,
  type MapNode,
  mergeMaps,
  nodeAt,
  type Place,
  type Source,
  without,
} from './tree.js';

interface LoadedFile {
  readonly source: Source | undefined;
  /** The file laid over what it extends: made once, however many others extend it. */
  merged: MapNode | undefined;
}

/** Reads files and what they extend, each once a load. */
export class Loader {
  readonly problems: Problems;
  readonly #loaded = new Map<string, LoadedFile>();
  readonly #values = new ValueCount();
  #extensions = 0;

  constructor(problems: Problems) {
    this.problems = problems;
  }

  /** Every file read so far, in the order read. */
  get files(): string[] {
    return [...this.#loaded.values()].flatMap(({ source }) => (source ? [source.name] : []));
  }

  /** A file laid over what it extends. Undefined after adding fatal problems. */
  load(file: string): MapNode | undefined {
    return this.#load(file, undefined, []);
  }

  /**
   * Reads a file that a value of another one names, without what it extends, to tell what is wrong with it.
   *
   * @param asked where it is named
   */
  check(file: string, asked: Place): void {
    const source = readSource(file, asked, this.problems);
    if (source) parseFile(source, new ValueCount(), this.problems);
  }

  /** A map of a file laid over what its own `extends` key names, relative to the file it is written in. */
  extend(map: MapNode): MapNode {
    return this.#extend(map, []);
  }

  #load(file: string, asked: Place | undefined, chain: readonly string[]): MapNode | undefined {
    const identity = identityOf(file);
    if (chain.includes(identity)) {
      const around = [...chain.slice(chain.indexOf(identity)), identity].map((name) => this.#nameOf(name));
      this.problems.addFatal(
        'config/extends-cycle',
        asked,
        `extends forms a cycle: ${around.map(visible).join(' → ')}`,
      );
      return undefined;
    }
    const known = this.#loaded.get(identity);
    if (known) return known.merged;
    if (this.#loaded.size >= mostFiles) {
      const sentence = `a config may consist of at most ${mostFiles} files, and this is one more`;
      this.problems.addFatal('config/too-large', asked, sentence);
      return undefined;
    }
    const source = readSource(file, asked, this.problems);
    const loaded: LoadedFile = { source, merged: undefined };
    this.#loaded.set(identity, loaded);
    const map = source && parseFile(source, this.#values, this.problems);
    loaded.merged = map && this.#extend(map, [...chain, identity]);
    return loaded.merged;
  }

  #extend(map: MapNode, chain: readonly string[]): MapNode {
    const entry = map.entries.get('extends');
    const own = expandCorpus(without(map, ['extends']));
    if (!entry || (entry.node.kind === 'scalar' && entry.node.value === null)) return own;
    const named = entry.node.kind === 'list' ? entry.node.items : [entry.node];
    this.#extensions += named.length;
    if (this.#extensions > mostExtensions) {
      const sentence = `a config may extend files at most ${mostExtensions} times in total`;
      this.problems.addFatal('config/too-large', entry.key, sentence);
      return own;
    }
    const bases = named.flatMap((node) => this.#base(node, chain));
    const [first, ...others] = bases;
    if (!first) return own;
    return { ...mergeMaps(others.reduce(mergeMaps, first), own), at: own.at };
  }

  #base(node: ConfigNode, chain: readonly string[]): MapNode[] {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') {
      this.problems.add(
        'config/invalid-value',
        node.at,
        '`extends` must be the path of a file, or a list of paths',
      );
      return [];
    }
    const here = node.at.source.kind === 'file' ? dirname(node.at.source.name) : '.';
    const local = isAbsolute(node.value) ? node.value : join(here, node.value);
    const file = existsSync(local) ? local : (shippedFile(node.value) ?? local);
    const map = this.#load(file, node.at, chain);
    return map ? [map] : [];
  }

  #nameOf(identity: string): string {
    return this.#loaded.get(identity)?.source?.name ?? identity;
  }
}

/**
 * `mmx/base/mnist-halves`, with or without `.yaml`: a config that comes with mmx.
 *
 * @returns undefined for what is no such name, or names none
 */
function shippedFile(name: string): string | undefined {
  const [first, ...rest] = name.split('/');
  if (first !== 'mmx' || rest.some((part) => !/^[a-z0-9][a-z0-9.-]*$/i.test(part))) return undefined;
  const path = join(packageRoot(), 'configs', ...rest).replace(/(\.ya?ml)?$/, '.yaml');
  return existsSync(path) ? relative(process.cwd(), path) : undefined;
}

/** One name for a file however it is reached; a file that is not there is its own name. */
function identityOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/**
 * `corpus: name` as `corpus: {name: name}`, also inside `scales` and `stand_in`. The shorthand stands for the
 * whole section: options written for another corpus below it do not carry over.
 */
export function expandCorpus(map: MapNode): MapNode {
  const entries = new Map(map.entries);
  const corpus = map.entries.get('corpus');
  if (corpus?.node.kind === 'scalar' && typeof corpus.node.value === 'string') {
    const node: MapNode = {
      kind: 'map',
      entries: new Map([['name', { key: corpus.key, node: corpus.node }]]),
      at: corpus.node.at,
      replaces: true,
    };
    entries.set('corpus', { key: corpus.key, node });
  }
  const standIn = map.entries.get('stand_in');
  if (standIn?.node.kind === 'map') entries.set('stand_in', { ...standIn, node: expandCorpus(standIn.node) });
  const scales = map.entries.get('scales');
  if (scales?.node.kind === 'map') {
    const overlays = [...scales.node.entries].map(([name, { key, node }]): [string, MapEntry] => [
      name,
      { key, node: node.kind === 'map' ? expandCorpus(node) : node },
    ]);
    entries.set('scales', { ...scales, node: { ...scales.node, entries: new Map(overlays) } });
  }
  return { ...map, entries };
}

/** What a file is, with what it extends. A reproduction lists configurations for `mmx reproduce`. */
export type ConfigKind = 'reproduction' | 'sweep' | 'table' | 'experiment';

/** By the keys that make a file what it is. @throws ConfigError when it cannot be read */
export function kindOf(path: string): ConfigKind {
  const problems = new Problems();
  const file = new Loader(problems).load(path);
  if (!file || problems.fatal) problems.throwIfAny();
  const has = (key: string): boolean => file !== undefined && nodeAt(file, [key]) !== undefined;
  if (has('reproduce')) return 'reproduction';
  if (has('sweep')) return 'sweep';
  return has('table') ? 'table' : 'experiment';
}

/** Tells of a sweep where one experiment or one table is wanted. */
export function refuseSweep(file: MapNode, problems: Problems): void {
  if (!nodeAt(file, ['sweep'])) return;
  const sentence =
    'this is a sweep over experiments: run it with `mmx sweep`, or remove the sweep with `sweep: null`';
  problems.addFatal('config/is-sweep', file.entries.get('sweep')?.key, sentence);
}
