import { join } from 'node:path';
import { type PreparedRun, prepareRun } from '../../../pipeline/plan/prepare.js';
import { checkClaims } from '../../../report/claims/check-claims.js';
import { renderClaims } from '../../../report/claims/files.js';
import { renderClaimsJson } from '../../../report/claims/json.js';
import { renderLeftOut } from '../../../report/claims/left-out-tables.js';
import { renderClaimsMarkdown } from '../../../report/claims/markdown.js';
import { renderClaimsTerminal } from '../../../report/claims/terminal.js';
import { writeTogether } from '../../../report/files/write.js';
import { escapeMarkdown, renderMarkdown } from '../../../report/table/markdown.js';
import type { ResultTable } from '../../../report/table/table.js';
import { renderTerminal, terminalOptions } from '../../../report/table/terminal.js';
import { findMissingMouths } from '../../mouths/missing.js';
import { type RunFlags, threadsOf } from '../../options/run.js';
import { print, printPainted, printText, say } from '../../output.js';
import { resultsDirectory } from '../../project/places.js';
import { computeStages, part, showPlan } from '../../run/stages.js';
import { computeTable } from '../../run/table.js';
import { experimentsOf, openReproduction, targetsOf } from './open.js';

export interface ReproduceFlags extends RunFlags {
  readonly out?: string;
  readonly smoke?: boolean;
}

/** The work of `mmx reproduce`. */
export async function runReproduce(
  paper: string,
  words: readonly string[],
  flags: ReproduceFlags,
): Promise<void> {
  const smoke = flags.smoke ? ['scale=smoke'] : [];
  const opened = openReproduction(paper, [...words, ...smoke], flags);
  const { reproduction, known, tables, overrides } = opened;
  const { reproduce: name, title } = reproduction;
  const [firstTable] = tables;
  const prepare = (): Promise<PreparedRun> =>
    prepareRun(experimentsOf(opened), flags.data ?? {}, threadsOf(flags));
  const planned = await prepare();
  const here = !flags.dryRun && flags.launcher === 'local';
  // The boxes are part of what identifies a corpus.
  const prepared = here && (await findMissingMouths(planned, flags)) ? await prepare() : planned;
  const { targets, drawings } = await targetsOf(opened, prepared);
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return;
  }
  // Everything in one run: tables share most of what they learn, and no core waits for the end of a table.
  const directory = flags.out ?? join(resultsDirectory(), 'reproduce', flags.smoke ? `${name}-smoke` : name);
  const whole = await computeStages(prepared, targets, flags, {
    name,
    config: firstTable[1],
    overrides,
    out: [directory, ...tables.map(([folder]) => join(directory, folder))],
  });
  const results = new Map<string, ResultTable>();
  let next = 0;
  for (const [folder, table] of tables) {
    const own = part(prepared, next, next + table.cells.length);
    next += table.cells.length;
    const { result } = await computeTable(
      table,
      own,
      overrides,
      { ...flags, quiet: true },
      join(directory, folder),
      { isPart: true },
    );
    results.set(folder, result);
  }
  const figures = [];
  for (const { figure, drawing, at } of drawings) {
    const content = await drawing.draw(part(prepared, at, at + 1), whole.store);
    figures.push({ figure, picture: { name: `${figure.name}.png`, content } });
  }
  const leftOut = new Map(Object.entries(reproduction.left_out ?? {}));
  const report = checkClaims(known, results, leftOut);
  const summary = [
    `# ${escapeMarkdown(title)}`,
    ...[...results].map(
      ([folder, table]) =>
        `${renderMarkdown(table)}\n![${escapeMarkdown(table.title)}](${encodeURI(folder)}/table.svg)\n`,
    ),
    ...[...leftOut].map(
      ([folder, why]) => `## ${escapeMarkdown(folder)}: left out\n\n${escapeMarkdown(sentence(why))}\n`,
    ),
    ...figures.map(({ figure: { title, alt }, picture }) => `## ${title}\n\n![${alt}](${picture.name})\n`),
    renderClaimsMarkdown(report),
  ];
  const readme = { name: 'README.md', content: `${summary.join('\n\n').trimEnd()}\n` };
  writeTogether(
    directory,
    [readme, ...renderClaims(report), ...renderLeftOut(leftOut), ...figures.map(({ picture }) => picture)],
    whole.manifest,
  );
  if (flags.json) {
    printText(renderClaimsJson(report));
    return;
  }
  const options = terminalOptions(process.stdout);
  for (const table of results.values()) printPainted(renderTerminal(table, options));
  if (leftOut.size > 0) print(...[...leftOut].map(([folder, why]) => `${folder} is left out: ${why}`), '');
  printPainted(renderClaimsTerminal(report, options));
  say(`written: ${directory} (README.md shows all of it)`);
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
