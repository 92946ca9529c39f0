import { stringify } from 'yaml';
import { visible, visibleJson } from '../visible.js';
import { paperScale, type ResolvedExperiment } from './layers.js';
import { leafPaths, type Origin, type Resolved } from './resolved.js';
import { brief } from './wording.js';

/**
 * A resolved configuration as YAML, each value with its origin in a comment: a document that can be run again,
 * whatever files it came from. A comment above tells that a stand-in was used; an empty scale below lets the
 * document name the scale whose values it already holds.
 */
export function showConfig(config: Resolved<unknown> & Pick<ResolvedExperiment, 'standIn'>): string {
  const lines = renderValue(config.value, [], config.origins);
  const width = Math.min(60, Math.max(...lines.map((line) => (line.origin ? line.text.length : 0))));
  const { standIn } = config;
  const above = standIn ? `# stands in for ${standIn.corpus}, of which there is no copy\n` : '';
  const shown = lines
    .map(({ text, origin }) => (origin ? `${text.padEnd(width)}  # ${originText(origin)}` : text))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
  const { scale } = config.value as { readonly scale?: unknown };
  const scaled = typeof scale === 'string' && scale !== paperScale;
  return above + shown + (scaled ? `scales: {${flow(scale)}: {}}  # in the values above\n` : '');
}

/** `configs/x.yaml:12:3`, `override seeds=[1]`, `default`. */
export function originText(origin: Origin): string {
  if (origin.kind === 'file') return `${visible(origin.file)}:${origin.line}:${origin.column}`;
  return origin.kind === 'override' ? `override ${brief(origin.text)}` : 'default';
}

interface Line {
  readonly text: string;
  readonly origin?: Origin | undefined;
}

type Origins = Readonly<Record<string, Origin>>;

function renderValue(value: unknown, path: readonly (string | number)[], origins: Origins): Line[] {
  const indent = '  '.repeat(path.length);
  return members(value).flatMap(([key, member]) => {
    const here = [...path, key];
    const head = `${indent}${typeof key === 'number' ? '-' : `${flow(key)}:`}`;
    const leaf = leafPaths(member, here);
    if (leaf.length === 1 && leaf[0]?.length === here.length) {
      return [{ text: `${head} ${flow(member)}`, origin: origins[here.join('.')] }];
    }
    return [{ text: head }, ...renderValue(member, here, origins)];
  });
}

function members(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item, i) => [i, item]);
  return Object.entries(value as object).filter(([, member]) => member !== undefined);
}

/** A value on one line, in a form that is valid inside a flow list. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  const text = stringify(value, { lineWidth: 0 }).trimEnd();
  if (typeof value !== 'string') return text;
  const quoted = visibleJson(JSON.stringify(value));
  return /[\n,[\]{}]/.test(text) || visible(value) !== value ? quoted : text;
}
