import { type Document, isMap, isScalar, type ParsedNode, parseDocument, type YAMLParseError } from 'yaml';
import { keyText, type Pairs, TooLarge, TreeBuilder } from './build-tree.js';
import { documentKeys } from './document-keys.js';
import type { ValueCount } from './limits.js';
import { position } from './positions.js';
import type { Problems } from './problems.js';
import { refusal, tooDeep } from './scan-yaml.js';
import type { ConfigNode, MapNode, Place, Source } from './tree.js';

/**
 * The document of a file, which must be a map. Undefined after adding the problems.
 *
 * Of a file that another one names, no message shows anything until it has proved to be a config: who runs the
 * configuration of somebody else must not find a private file of theirs in a log.
 */
export function parseFile(source: Source, values: ValueCount, problems: Problems): MapNode | undefined {
  const document = parseText(source, 0, problems);
  if (!document) return undefined;
  const whole: Place = { source, start: 0, end: 0 };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    problems.addFatal('config/empty', whole, 'the file is empty');
    return undefined;
  }
  if (source.reached && !isConfig(contents)) {
    const sentence = 'this file is not a config: most of its keys are not keys of a config';
    problems.addFatal('config/not-a-config', whole, sentence);
    return undefined;
  }
  const node = buildTree(contents, source, 0, values, problems);
  if (!node) return undefined;
  if (node.kind !== 'map') {
    const sentence = `a config is a map of keys to values, not a ${node.kind}`;
    problems.addFatal('config/invalid-value', node.at, sentence);
    return undefined;
  }
  return { ...node, at: whole };
}

/** Whether at least half of the keys are those of configurations. */
function isConfig(contents: ParsedNode): boolean {
  if (!isMap(contents)) return false;
  const keys = (contents.items as Pairs).map(({ key }) => keyText(key));
  const known = keys.filter((key) => key !== undefined && documentKeys.has(key)).length;
  return 2 * known >= keys.length;
}

/**
 * The value written in a source from an offset to its end.
 *
 * @returns null for no value at all; undefined after adding fatal problems
 */
export function parseYaml(
  source: Source,
  offset: number,
  values: ValueCount,
  problems: Problems,
): ConfigNode | null | undefined {
  const contents = parseText(source, offset, problems)?.contents;
  return contents ? buildTree(contents, source, offset, values, problems) : contents;
}

function buildTree(
  contents: ParsedNode,
  source: Source,
  offset: number,
  values: ValueCount,
  problems: Problems,
): ConfigNode | undefined {
  try {
    return new TreeBuilder(source, offset, values, problems).build(contents);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    problems.addFatal('config/too-large', error.place, error.message);
    return undefined;
  }
}

/** Lines with a mistake in YAML that are shown of one source. */
const mostSyntaxErrors = 3;

/** The document from an offset of a source. Undefined after adding fatal problems. */
function parseText(source: Source, offset: number, problems: Problems): Document.Parsed | undefined {
  const text = offset === 0 ? source.text : source.text.slice(offset);
  const placeOf = (start: number, end: number): Place => {
    const from = Math.min(offset + start, source.text.length);
    return { source, start: from, end: source.reached ? from : Math.max(from + 1, offset + end) };
  };
  const refused = refusal(text);
  if (refused) {
    problems.addFatal(refused.code, placeOf(refused.at, refused.at + 1), refused.sentence);
    return undefined;
  }
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  } catch (error) {
    // Some ways into the depth exhaust its stack without becoming an error of the document.
    if (!(error instanceof RangeError)) throw error;
    problems.addFatal('config/syntax', placeOf(0, 1), tooDeep);
    return undefined;
  }
  const lines = new Set<number>();
  for (const error of [...document.errors, ...document.warnings]) {
    // After a few, what follows is rarely another mistake.
    if (lines.size === mostSyntaxErrors) break;
    const place = placeOf(...error.pos);
    // One mistake often makes the parser complain several times on its line.
    const { line } = position(place);
    if (lines.has(line)) continue;
    lines.add(line);
    problems.addFatal('config/syntax', place, yamlSentence(error, source.reached === true));
  }
  return lines.size > 0 ? undefined : document;
}

/** @param isReached the parser's own words may quote the file */
function yamlSentence(
  { code, message }: Pick<YAMLParseError, 'code' | 'message'>,
  isReached: boolean,
): string {
  if (code === 'MULTIPLE_DOCS') return 'a config must be one YAML document; a second document begins here';
  // Thousands of levels exhaust the parser's stack, which it reports as an error of the document.
  if (message.startsWith('Maximum call stack')) return tooDeep;
  if (code === 'TAB_AS_INDENT') return 'YAML is indented with spaces, not tabs';
  if (isReached) return `this is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
  return `this is not valid YAML: ${plainWords(code, message)}`;
}

/** The frequent mistakes in words for people who do not know the parser's terms; the parser's sentence for others. */
function plainWords(code: YAMLParseError['code'], message: string): string {
  const [, indented, close] = /must (be sufficiently indented and )?end with a ([\]}])/.exec(message) ?? [];
  if (close !== undefined) {
    const [what, open] = close === ']' ? ['list', '['] : ['map', '{'];
    const lines = indented === undefined ? '' : ', and its lines must be indented';
    return `the ${what} that ${open} begins must end with ${close}${lines}`;
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY')
    return "a value cannot contain 'key: value'; put quotes around text with a colon, or correct the indentation of the next line";
  if (code === 'MISSING_CHAR' && message.includes('quote')) return 'the text has no closing quote';
  return `${message.charAt(0).toLowerCase()}${message.slice(1).trim().replace(/\.$/, '')}`;
}
