/** Trees as text: JSON, and YAML in its many ways of writing the same. */
import type { Random } from './random.js';
import { Fields, Raw, type Tree } from './tree.js';

/** JSON on one line, double keys and raw text as they are in the tree. */
export function jsonOf(tree: Tree): string {
  if (tree instanceof Raw) return tree.text;
  if (Array.isArray(tree)) return `[${tree.map(jsonOf).join(',')}]`;
  if (tree instanceof Fields) {
    return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)}`).join(',')}}`;
  }
  if (typeof tree === 'number') return Object.is(tree, -0) ? '-0' : String(tree);
  return JSON.stringify(tree);
}

/** JSON with mistakes in its grammar now and then: a tail, a comma too many, NaN, a cut. */
export function damagedJson(tree: Tree, random: Random): string {
  const text = jsonOf(tree);
  if (random.chance(0.85)) return text;
  const at = random.below(text.length + 1);
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}${random.pick([',', '}', ']', '"', '\\', '\0', ' ', '\\u0000', '//'])}${text.slice(at)}`;
    case 2:
      return random.pick(['\ufeff', ' ', '\n', '{', 'x']) + text;
    case 3:
      return text + random.pick(['\n', ' ', text, 'x', '\0', '\n{}']);
    case 4:
      return text.slice(0, at) + text.slice(at + random.between(1, 4));
    default:
      return text.replaceAll(random.pick([':', ',', '"', '1', 'e']), random.pick(['', ' ', 'null', '9']));
  }
}

/** How odd a piece of YAML is made, in [0, 1]: the chance of an anchor, alias, tag or comment at a value. */
interface YamlStyle {
  readonly random: Random;
  readonly oddness: number;
  readonly anchors: string[];
}

export function yamlOf(tree: Tree, random: Random): string {
  const style = { random, oddness: random.pick([0, 0, 0, 0.02, 0.1]), anchors: [] };
  const body =
    tree instanceof Fields && tree.entries.length > 0 ? block(tree, '', style) : `${inline(tree, style)}\n`;
  if (random.chance(0.97)) return body;
  return random.pick([
    `%YAML 1.2\n---\n${body}`,
    `---\n${body}...\n`,
    `${body}---\n${body}`,
    `\ufeff${body}`,
    body.replaceAll('\n', '\r\n'),
    body.replaceAll('  ', '\t'),
    bomb(random) + body,
  ]);
}

/** Aliases of aliases: few lines that stand for very many values. */
function bomb(random: Random): string {
  const levels = random.pick([3, 6, 9, 20]);
  const lines = Array.from({ length: levels }, (_, level) => {
    const members = level === 0 ? 'x, x, x, x' : new Array<string>(9).fill(`*z${level - 1}`).join(', ');
    return `z${level}: &z${level} [${members}]\n`;
  });
  return lines.join('');
}

function block(tree: Fields, indent: string, style: YamlStyle): string {
  return tree.entries
    .map(([key, value]) => {
      const head = `${indent}${scalar(key, style.random)}:`;
      const comment = style.random.chance(style.oddness) ? `${indent}# ${key.replace(/\s/g, ' ')}\n` : '';
      if (value instanceof Fields && value.entries.length > 0 && style.random.chance(0.7)) {
        return `${comment}${head}${anchor(style)}\n${block(value, `${indent}  `, style)}`;
      }
      if (Array.isArray(value) && value.length > 0 && style.random.chance(0.4)) {
        const items = value.map((item) => `${indent}  - ${inline(item, style)}\n`).join('');
        return `${comment}${head}\n${items}`;
      }
      return `${comment}${head} ${inline(value, style)}\n`;
    })
    .join('');
}

function anchor({ random, oddness, anchors }: YamlStyle): string {
  if (!random.chance(oddness)) return '';
  const name = `a${anchors.length}`;
  anchors.push(name);
  return ` &${name}`;
}

const tags = [
  '!!str',
  '!!int',
  '!!float',
  '!!null',
  '!!binary',
  '!!set',
  '!!omap',
  '!!timestamp',
  '!x',
  '!<tag:x,1>',
  '!',
];

function inline(tree: Tree, style: YamlStyle): string {
  const { random, oddness, anchors } = style;
  if (random.chance(oddness)) {
    switch (random.below(5)) {
      case 0:
        return `*${anchors.length > 0 ? random.pick(anchors) : 'none'}`;
      case 1:
        return `${random.pick(tags)} ${plainInline(tree, style)}`;
      case 2:
        return `{<<: *${anchors.at(-1) ?? 'a0'}, x: 1}`;
      case 3:
        return `{? [1, 2] : ${plainInline(tree, style)}}`;
      default:
        break;
    }
  }
  return `${anchor(style).trimStart()} ${plainInline(tree, style)}`.trimStart();
}

function plainInline(tree: Tree, style: YamlStyle): string {
  if (tree instanceof Raw) return tree.text;
  if (Array.isArray(tree)) return `[${tree.map((item) => inline(item, style)).join(', ')}]`;
  if (tree instanceof Fields) {
    const members = tree.entries.map(
      ([key, value]) => `${scalar(key, style.random)}: ${inline(value, style)}`,
    );
    return `{${members.join(', ')}}`;
  }
  if (typeof tree === 'string') return scalar(tree, style.random);
  if (typeof tree === 'number') return Object.is(tree, -0) ? '-0' : String(tree);
  return String(tree);
}

/** A word that YAML reads as a text however it stands. */
const plain = /^[A-Za-z][A-Za-z0-9_./-]*$/;
const words = /^(?:true|false|null|yes|no|on|off|nan|inf)$/i;

function scalar(text: string, random: Random): string {
  if (plain.test(text) && !words.test(text) && random.chance(0.9)) return text;
  // As it stands, whatever YAML makes of it.
  if (random.chance(0.1) && text.length < 400) return text;
  if (random.chance(0.2)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text);
}
