import { isUtf8 } from 'node:buffer';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
  type Scalar as YamlScalar,
} from 'yaml';
import { readPlainFile, UnreadFile } from '../read-file.js';
import type { Problems } from './problems.js';
import { type ConfigNode, keyPlace, type MapEntry, type MapNode, type Place, type Source } from './tree.js';

/** A config is a page or two; what is far larger is another file, or an attack. */
const MAX_BYTES = 1 << 20;
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;
const MAX_BRACKETS = 20_000;
const MAX_ALIASES = 500;

/**
 * Reads a file that must be UTF-8 text.
 *
 * @param asked where another file names this one; undefined for the file the user named
 * @returns undefined after adding the problem
 */
export function readSource(file: string, asked: Place | undefined, problems: Problems): Source | undefined {
  const fail = (code: string, sentence: string) => {
    // Told where the file is named; a file the user named has no such place, and the sentence begins with it.
    problems.addFatal(code, asked, asked ? `the file ${file} ${sentence}` : `${file}: the file ${sentence}`);
    return undefined;
  };
  let bytes: Buffer;
  try {
    bytes = readPlainFile(file, MAX_BYTES);
  } catch (error) {
    if (!(error instanceof UnreadFile)) throw error;
    switch (error.reason) {
      case 'missing':
        return fail('config/missing-file', 'does not exist');
      case 'directory':
        return fail('config/unreadable', 'is a directory; name a YAML file in it');
      case 'too-large':
        return fail('config/too-large', 'is larger than 1 MiB: this is not a config');
      case 'denied':
        return fail('config/unreadable', 'may not be read by this user');
      default:
        return fail('config/unreadable', `cannot be read: ${error.message}`);
    }
  }
  if (!isUtf8(bytes)) return fail('config/not-utf8', `is not UTF-8 text (line ${badLine(bytes)})`);
  return { kind: 'file', name: file, text: new TextDecoder().decode(bytes) };
}

/** The first line, from 1, that is not UTF-8. */
function badLine(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline < 0 || !isUtf8(bytes.subarray(start, newline))) return line;
    start = newline + 1;
  }
}

/** The document of a file, which must be a map. Undefined after adding the problems. */
export function parseFile(source: Source, problems: Problems): MapNode | undefined {
  const node = parseYaml(source, 0, problems);
  const whole: Place = { source, start: 0, end: 0 };
  if (problems.fatal && !node) return undefined;
  if (!node || (node.kind === 'scalar' && node.value === null)) {
    problems.addFatal('config/empty', whole, 'the file is empty');
    return undefined;
  }
  if (node.kind !== 'map') {
    problems.addFatal(
      'config/invalid-value',
      node.at,
      `a config is a map of keys to values, not a ${node.kind}`,
    );
    return undefined;
  }
  return { ...node, at: whole };
}

/** Lines with a mistake in YAML that are shown of one source. */
const mostSyntaxErrors = 3;

/**
 * The value written in a source from an offset to its end.
 *
 * @returns undefined for no value at all, or after adding fatal problems
 */
export function parseYaml(source: Source, offset: number, problems: Problems): ConfigNode | undefined {
  const text = source.text.slice(offset);
  const excess = excessOf(text);
  if (excess !== undefined) {
    problems.addFatal('config/too-large', { source, start: 0, end: 0 }, `${excess}: this is not a config`);
    return undefined;
  }
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const lines = new Set<number>();
  for (const error of [...document.errors, ...document.warnings]) {
    // After a few, what follows is rarely another mistake.
    if (lines.size === mostSyntaxErrors) break;
    // One mistake often makes the parser complain several times on its line.
    const line = text.slice(0, error.pos[0]).split('\n').length;
    if (lines.has(line)) continue;
    lines.add(line);
    const start = Math.min(offset + error.pos[0], source.text.length);
    const end = Math.max(start + 1, offset + error.pos[1]);
    problems.addFatal('config/syntax', { source, start, end }, yamlSentence(error.code, error.message));
  }
  if (lines.size > 0 || document.contents === null) return undefined;
  const builder = new TreeBuilder(source, offset, document, problems);
  try {
    return builder.build(document.contents, 0);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    problems.addFatal('config/too-large', error.place, error.message);
    return undefined;
  }
}

/**
 * Why a text is not handed to the parser, whose time and memory grow faster than the text with brackets and aliases.
 * Quoted and commented ones count too: no config has nearly as many.
 */
function excessOf(text: string): string | undefined {
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d) brackets++;
  }
  if (brackets > MAX_BRACKETS) return `there are more than ${MAX_BRACKETS} brackets`;
  const aliases = text.match(/(?:^|[\s,:[{-])\*[^\s,[\]{}]/g)?.length ?? 0;
  return aliases > MAX_ALIASES ? `there are more than ${MAX_ALIASES} aliases` : undefined;
}

function yamlSentence(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a config is one YAML document; this begins a second one';
  // Thousands of open brackets exhaust the parser's stack, which it reports as an error of the document.
  if (message.startsWith('Maximum call stack')) return 'values are nested too deeply';
  if (code === 'TAB_AS_INDENT') return 'YAML is indented with spaces, not tabs';
  return `this is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).trim().replace(/\.$/, '')}`;
}

class TooLarge extends Error {
  readonly place: Place;
  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

class TreeBuilder {
  readonly #source: Source;
  readonly #offset: number;
  readonly #document: Document.Parsed;
  readonly #problems: Problems;
  #values = 0;

  constructor(source: Source, offset: number, document: Document.Parsed, problems: Problems) {
    this.#source = source;
    this.#offset = offset;
    this.#document = document;
    this.#problems = problems;
  }

  /** @throws TooLarge when aliases expand without bound, whatever the size of the file */
  build(node: ParsedNode | null, depth: number): ConfigNode {
    const at = this.#place(node);
    this.#values += 1;
    if (this.#values > MAX_VALUES) {
      throw new TooLarge(at, `the file expands to more than ${MAX_VALUES} values: this is not a config`);
    }
    if (depth > MAX_DEPTH) throw new TooLarge(at, `values are nested more than ${MAX_DEPTH} levels deep`);
    if (isAlias(node)) {
      const target = node.resolve(this.#document) as ParsedNode | undefined;
      if (target) return this.build(target, depth + 1);
      this.#problems.addFatal('config/syntax', at, `there is no anchor &${node.source} above this alias`);
      return { kind: 'scalar', value: null, at };
    }
    if (isMap(node)) return this.#map(node.items as Pairs, at, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(item as ParsedNode, depth + 1));
      return { kind: 'list', items, at };
    }
    return { kind: 'scalar', value: scalarValue(node), at };
  }

  #map(pairs: Pairs, at: Place, depth: number): MapNode {
    const entries = new Map<string, MapEntry>();
    const map: MapNode = { kind: 'map', entries, at };
    for (const pair of pairs) {
      const place = this.#place(pair.key);
      const key = keyText(pair.key);
      const value = this.build(pair.value, depth + 1);
      const first = key === undefined ? undefined : keyPlace(map, [key]);
      if (key === undefined) {
        this.#problems.add('config/invalid-key', place, 'a key must be a word');
      } else if (key === '__proto__') {
        this.#problems.add('config/unknown-key', place, 'unknown key `__proto__`');
      } else if (key === '<<') {
        this.#problems.add('config/unknown-key', place, 'merge keys (`<<`) are not supported: use `extends`');
      } else if (first) {
        const line = first.source.text.slice(0, first.start).split('\n').length;
        this.#problems.add('config/duplicate-key', place, `\`${key}\` is set twice; first on line ${line}`);
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

type Pairs = readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[];

/** A value that takes no room (`key:`) is shown at its key. */
function moved(node: ConfigNode, at: Place): ConfigNode {
  return { ...node, at };
}

function keyText(key: ParsedNode): string | undefined {
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
