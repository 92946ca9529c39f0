import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './project-copy.js';

const base = readFileSync(join(root, 'configs/base/ngiam2011.yaml'), 'utf8');
const [, section = ''] = readFileSync(join(root, 'docs/assumptions.md'), 'utf8').split(
  '\n## Audio-visual speech\n',
);

/** Values that the section quotes as `key.path: value`; `*` in a path is every key there. */
const quoted = [...section.matchAll(/`([a-z_]+(?:\.[a-z_*]+)*: [^`]+)`/g)].flatMap(([, code = '']) =>
  Object.entries(parse(code) as Record<string, unknown>),
);

type Tree = { readonly [key: string]: unknown };
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valuesAt(tree: unknown, path: readonly string[]): readonly unknown[] {
  const [key, ...rest] = path;
  if (key === undefined) return [tree];
  if (!isTree(tree)) return [undefined];
  return (key === '*' ? Object.keys(tree) : [key]).flatMap((name) => valuesAt(tree[name], rest));
}

/** Paths of the keys whose line is marked [NS], outside of the scales. */
function unstated(text: string): readonly string[] {
  const open: { readonly indent: number; readonly key: string }[] = [];
  return text
    .slice(0, text.indexOf('\nscales:'))
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', key] = /^( *)([a-z_]+):/.exec(line) ?? [];
      if (key === undefined) return [];
      while ((open.at(-1)?.indent ?? -1) >= indent.length) open.pop();
      open.push({ indent: indent.length, key });
      return line.includes('[NS]') ? [open.map((one) => one.key).join('.')] : [];
    });
}

const elsewhere = ['evaluation.protocol'];
const values = quoted.filter(([path]) => !elsewhere.includes(path));

it('the values that the assumptions quote are those of the config', () => {
  expect(values.length).toBeGreaterThan(25);
  const config: unknown = parse(base);
  for (const [path, value] of values) {
    const found = valuesAt(config, path.split('.'));
    expect(found.length, path).toBeGreaterThan(0);
    for (const one of found) expect(one, path).toEqual(value);
  }
});

it('every value the config marks as unstated is among the assumptions', () => {
  const paths = unstated(base);
  expect(paths).toContain('rbm.audio.sigma');
  const covers = (pattern: string, path: string): boolean => {
    const [a, b] = [pattern.split('.'), path.split('.')];
    return a.slice(0, b.length).every((key, index) => key === '*' || key === b[index]);
  };
  expect(paths.filter((path) => !values.some(([pattern]) => covers(pattern, path)))).toEqual([]);
});
