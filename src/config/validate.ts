import { z } from 'zod';
import { nearest } from '../edit-distance.js';
import type { Problems } from './problems.js';
import { fillPatterns } from './suggest.js';
import {
  keyPlace,
  type MapNode,
  nodeAt,
  type Path,
  type Place,
  type Plain,
  pathText,
  toPlain,
} from './tree.js';
import { brief } from './wording.js';

type Issue = z.core.$ZodIssue;

/** How problems of one validation are worded and placed. */
export interface ValidationContext {
  /** Put before each sentence: `row cca, column left-to-right: `. */
  readonly prefix?: string;
}

/**
 * Validates a tree. Every issue becomes a problem at the value's own place.
 *
 * @returns undefined after adding problems
 */
export function validate<S extends z.ZodType>(
  schema: S,
  tree: MapNode,
  problems: Problems,
  context: ValidationContext = {},
): z.output<S> | undefined {
  if (problems.full) return undefined;
  const plain = toPlain(tree);
  const result = schema.safeParse(plain);
  if (result.success) return result.data;
  for (const found of findingsOf(schema, plain, result.error.issues)) {
    const place = placeIn(tree, found);
    // An override is the same for every cell.
    const prefix = place.source.kind === 'override' ? '' : (context.prefix ?? '');
    problems.add(`config/${found.kind}`, place, () => `${prefix}${found.sentence()}`);
  }
  return undefined;
}

/**
 * What is wrong with a value that another schema than the document's describes, in the words of {@link validate}.
 *
 * @param at path of the value in the document
 */
export function problemsOf(
  schema: z.ZodType,
  value: unknown,
  at: Path,
): readonly { readonly path: string; readonly message: string }[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return findingsOf(schema, value, issues, at).map(({ path, sentence }) => ({
    path: pathText([...at, ...path]),
    message: sentence(),
  }));
}

/** What is wrong at one path of a value. */
interface Found {
  readonly kind: 'unknown-key' | 'invalid-key' | 'missing-key' | 'invalid-value';
  readonly path: Path;
  /** Made when it is told: of many findings the first are. */
  readonly sentence: () => string;
}

/** @param at path of the value in its document, which sentences begin with */
function findingsOf(
  schema: z.ZodType,
  value: unknown,
  issues: readonly Issue[],
  at: Path = [],
): readonly Found[] {
  return issues.flatMap(deepest).flatMap((issue): Found[] => {
    const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
    const whole = [...at, ...path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        kind: 'unknown-key',
        path: [...path, key],
        sentence: () => unknownKeySentence(key, keysAt(schema, path), whole),
      }));
    }
    if (issue.code === 'invalid_key') {
      const sentence = () => `\`${brief(String(path.at(-1)))}\` ${issue.issues[0]?.message}`;
      return [{ kind: 'invalid-key', path, sentence }];
    }
    const found = valueAt(value, path);
    if (found === undefined && typeof path.at(-1) !== 'number') {
      const sentence = () => `\`${pathText(whole)}\` is missing; it ${expectation(issue)}`;
      return [{ kind: 'missing-key', path, sentence }];
    }
    const sentence = () => invalidValue(issue, whole, (found ?? null) as Plain);
    return [{ kind: 'invalid-value', path, sentence }];
  });
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (outer, key) =>
      typeof outer === 'object' && outer !== null && Object.hasOwn(outer, key)
        ? (outer as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    value,
  );
}

/** Where a document has what was found: the key of what is unknown, the map that lacks something, else the value. */
function placeIn(tree: MapNode, { kind, path }: Found): Place {
  if (kind === 'unknown-key' || kind === 'invalid-key') return keyPlace(tree, path) ?? tree.at;
  if (kind === 'invalid-value') return nodeAt(tree, path)?.at ?? keyPlace(tree, path) ?? tree.at;
  const outer = path.slice(0, -1);
  const parent = nodeAt(tree, outer);
  return parent && parent !== tree ? (keyPlace(tree, outer) ?? parent.at) : tree.at;
}

/** The issues of the branch of a union that the value was meant for, where one branch fits its outer type. */
function deepest(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter((branch) =>
    branch.every((inner) => inner.path.length > 0 || isKeyIssue(inner)),
  );
  const [branch] = meant;
  if (branch === undefined || meant.length !== 1) return [issue];
  return branch.flatMap((inner) => deepest({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isKeyIssue(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys';
}

function invalidValue(issue: Issue, path: Path, plain: Plain): string {
  const suggestion = typeof plain === 'string' ? nearest(plain, candidates(issue, plain)) : undefined;
  const got =
    issue.code === 'custom' || (Array.isArray(plain) && issue.code === 'too_small')
      ? ''
      : `, not ${shown(plain)}`;
  return `\`${pathText(path)}\` ${expectation(issue)}${got}${suggestion ? `; did you mean \`${suggestion}\`?` : ''}`;
}

function unknownKeySentence(key: string, known: readonly string[], path: Path): string {
  // A key of another kind of the same map.
  if (known.includes(key))
    return `\`${brief(key)}\` cannot be combined with the other keys of \`${pathText(path)}\``;
  const suggestion = nearest(key, known);
  const where = path.length === 0 ? '' : ` in \`${pathText(path)}\``;
  const help = suggestion ? `did you mean \`${suggestion}\`?` : `known keys: ${known.join(', ')}`;
  return `unknown key \`${brief(key)}\`${where}; ${help}`;
}

const typeNames: Readonly<Record<string, string>> = { object: 'a map', record: 'a map', array: 'a list' };

/** What the schema asks for, as "must be …"; the schema's own words where it has them. */
function expectation(issue: Issue): string {
  if (issue.code === 'invalid_value') {
    return `must be ${either(issue.values.map(String))}`;
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid')) {
    return `must be ${typeNames[issue.expected] ?? `a ${issue.expected}`}`;
  }
  return issue.message;
}

/** `a, b or c`. */
function either(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Words that would have been right, for comparison with the one that is not. */
function candidates(issue: Issue, word: string): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap((inner) => candidates(inner, word));
  if (issue.code === 'invalid_format' && issue.format === 'template_literal' && issue.pattern) {
    return fillPatterns(word, [issue.pattern]);
  }
  return [];
}

/** A value as messages show it. */
export function shown(value: Plain): string {
  if (typeof value === 'string') return `'${brief(value)}'`;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  }
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  return String(value);
}

/** Whether a schema has a place at a path. */
export function hasPath(schema: z.ZodType, path: Path): boolean {
  return schemasAt(schema, path).length > 0;
}

/** The keys a schema knows at a path. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  const object = objectsOf(schemasAt(schema, path));
  return [...new Set(object.flatMap((one) => Object.keys(one.shape)))];
}

function schemasAt(schema: z.ZodType, path: Path): z.ZodType[] {
  return path.reduce(member, [schema]);
}

function member(schemas: readonly z.ZodType[], segment: string | number): z.ZodType[] {
  return schemas.flatMap(unwrap).flatMap((schema) => {
    if (schema instanceof z.ZodObject) {
      const inner: unknown = schema.shape[segment];
      return inner instanceof z.ZodType ? [inner] : [];
    }
    if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
    return schema instanceof z.ZodArray ? [schema.element as z.ZodType] : [];
  });
}

function objectsOf(schemas: readonly z.ZodType[]): z.ZodObject[] {
  return schemas.flatMap(unwrap).filter((schema) => schema instanceof z.ZodObject);
}

/** What is inside defaults, optionals, transforms and unions. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.def.innerType as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(unwrap);
  return [schema];
}
