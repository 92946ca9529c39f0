// Puts the committed reference tables into README.md, between their markers:
//
//     node docs/update-readme.mjs          rewrites the file
//     node docs/update-readme.mjs --check  exits 1 when it is out of date (a test runs this)
//
// A marker is <!-- table: NAME --> … <!-- end --> for results/reference/NAME/table.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const readme = new URL('README.md', root);
const current = readFileSync(readme, 'utf8');
const updated = current.replace(
  /<!-- table: ([a-z0-9-]+) -->\n[\s\S]*?<!-- end -->/g,
  (_, name) => `<!-- table: ${name} -->\n${tableOf(name)}\n<!-- end -->`,
);

if (process.argv.includes('--check')) process.exit(updated === current ? 0 : 1);
writeFileSync(readme, updated);
console.log(`${fileURLToPath(readme)} is up to date`);

/** The table of a reference result, without its heading and notes, and where it came from. */
function tableOf(name) {
  const folder = new URL(`results/reference/${name}/`, root);
  const lines = readFileSync(new URL('table.md', folder), 'utf8').split('\n');
  const rows = lines.filter((line) => line.startsWith('|'));
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'));
  const minutes = Math.round(manifest.seconds / 60);
  const source = `[results/reference/${name}](results/reference/${name}/table.md)`;
  const how = `\`${manifest.command.join(' ')}\`, ${minutes} minutes on ${manifest.cores} cores (${manifest.cpu}), engine ${manifest.engine.name}`;
  return [...rows, '', `<sub>${source}: ${how}.</sub>`].join('\n');
}
