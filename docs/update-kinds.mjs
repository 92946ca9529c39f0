// Writes the kinds of modalities and their options, as the schemas in src/modalities describe them, into
// datasets/examples.md, between the markers <!-- kinds --> and <!-- end -->. It asks the build: `npm run build` comes first.
//
//     node docs/update-kinds.mjs          rewrites the document
//     node docs/update-kinds.mjs --check  exits 1 when it is out of date (a test runs this)
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
const place = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const asked = spawnSync(process.execPath, [place('bin/mmx.js'), 'data', 'info', 'examples', '--json'], {
  encoding: 'utf8',
});
if (asked.status !== 0) throw new Error(asked.stderr);
const { kinds } = JSON.parse(asked.stdout);

const shown = (value) =>
  value === undefined ? 'must be given' : `\`${Array.isArray(value) ? `[${value.join(', ')}]` : value}\``;
const given = { file: 'the path of a file', text: 'the text itself' };
const lines = kinds.flatMap(({ kind, summary, given: what, options }) => [
  `**\`${kind}\`**: ${summary}. The column holds ${given[what]}.`,
  '',
  '| option | default | |',
  '|---|---|---|',
  ...options.map(
    ({ name, default: value, description }) => `| \`${name}\` | ${shown(value)} | ${description} |`,
  ),
  '',
]);

const file = place('datasets/examples.md');
const current = readFileSync(file, 'utf8');
const updated = current.replace(
  /<!-- kinds -->\n[\s\S]*?<!-- end -->/,
  () => `<!-- kinds -->\n${lines.join('\n').trimEnd()}\n<!-- end -->`,
);
if (!updated.includes('<!-- kinds -->')) throw new Error('datasets/examples.md has no block of kinds');
if (updated !== current && !check) writeFileSync(file, updated);
if (updated !== current && check) {
  console.error('datasets/examples.md is out of date: run npm run build and node docs/update-kinds.mjs');
  process.exitCode = 1;
}
