import type { Random } from './random.js';
import { oddNumbers, oddText } from './words.js';

/** How a kind of text falls into tokens; what lies between matches counts as tokens too. */
const tokens = /[A-Za-z_]+|[-+]?\d+(?:\.\d+)?|\r?\n|\s|[^\sA-Za-z_\d]/g;

type TextMutation = (text: string, random: Random, other: string) => string;

/** The text with the token at `index` replaced. */
function replaced(text: string, random: Random, by: (token: string) => string): string {
  const all = [...text.matchAll(tokens)];
  if (all.length === 0) return by('');
  const match = random.pick(all);
  return text.slice(0, match.index) + by(match[0]) + text.slice(match.index + match[0].length);
}

function overLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}

const mutations: readonly TextMutation[] = [
  (text, random) => replaced(text, random, (token) => oddText(random, token)),
  (text, random) => replaced(text, random, () => String(random.pick(oddNumbers))),
  (text, random) => replaced(text, random, () => ''),
  (text, random) => replaced(text, random, (token) => token.repeat(random.pick([2, 3, 50]))),
  (text, random) =>
    replaced(text, random, () =>
      random.pick([',', '"', "'", ';', '\t', '\n', '\r', '#', '*', ':', '-', '/']),
    ),
  (text, random, other) =>
    replaced(text, random, () =>
      random.pick([...other.matchAll(tokens)].map(([token]) => token).concat('x')),
    ),
  (text, random) =>
    overLines(text, (lines) => {
      lines.splice(random.below(lines.length), 1);
    }),
  (text, random) =>
    overLines(text, (lines) => {
      const at = random.below(lines.length);
      const count = random.chance(0.97) ? random.between(1, 3) : 3000;
      lines.splice(at, 0, ...new Array<string>(count).fill(lines[random.below(lines.length)] ?? ''));
    }),
  (text, random) =>
    overLines(text, (lines) => {
      const [a, b] = [random.below(lines.length), random.below(lines.length)];
      [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
    }),
  (text, random, other) =>
    overLines(text, (lines) => {
      lines.splice(random.below(lines.length + 1), 0, random.pick(other.split('\n')));
    }),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text.replaceAll('\n', random.pick(['\r\n', '\r', ' ', '\n\n'])),
  (text, random) => random.pick(['\ufeff', '# ', '"', ' ', '\n']) + text,
  (text, random) => text.replaceAll(random.pick([',', ' ', '"', '.']), random.pick([';', '\t', '', ',,'])),
  (text, random) => random.pick([text.toUpperCase(), text.toLowerCase()]),
];

/** A text damaged once to three times by its tokens and lines, sometimes with parts of another. */
export function damagedText(start: string, others: readonly string[], random: Random): string {
  let text = start;
  for (let count = random.between(1, 3); count > 0; count--) {
    text = random.pick(mutations)(text, random, random.pick(others));
  }
  return text;
}
