import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import {
  loadExperiment,
  loadReproduction,
  type Reproduction,
  type ResolvedTable,
} from '../../../config/index.js';
import { MmxError } from '../../../errors.js';
import { figureOf, paperNamed, reproductionFile, reproductions } from '../../../papers/find.js';
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
import { availability } from '../../options/corpora.js';
import { filesAndOverrides, type RunFlags, threadsOf } from '../../options/run.js';
import { print, printPainted, printText, resultsDirectory, say } from '../../output.js';
import { computeStages, part, showPlan } from '../../run/stages.js';
import { computeTable, openTable, targetsOf } from '../../run/table.js';

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
  const file = listOf(paper);
  const smoke = flags.smoke ? ['scale=smoke'] : [];
  const { files, overrides } = filesAndOverrides([file, ...words, ...smoke], flags);
  if (files.length > 1) {
    throw new MmxError('cli/usage', `'${files[1]}' is no override (key=value)`, {
      exitCode: 2,
    });
  }
  const reproduction = loadReproduction(file);
  const { reproduce: name, title, tables: listed } = reproduction;
  const known = paperNamed(reproduction.paper, file);
  const place = (path: string): string => (isAbsolute(path) ? path : join(dirname(file), path));
  const tables = Object.entries(listed).map(([folder, path]): [string, ResolvedTable] => [
    folder,
    openTable(place(path), overrides, flags),
  ]);
  const [firstTable] = tables;
  if (!firstTable) throw new MmxError('config/empty', `${file} lists no tables`, { exitCode: 2 });
  refuseStandIns(reproduction, paper, tables);
  const drawn = Object.entries(reproduction.figures).map(([key, path]) => ({
    figure: figureOf(known, key, file),
    experiment: loadExperiment(place(path), overrides, availability(flags.data)),
  }));
  const computed = tables.flatMap(([, { cells }]) => cells.map(({ experiment }) => experiment));
  const all = [...computed, ...drawn.map(({ experiment }) => experiment)];
  const prepare = (): Promise<PreparedRun> => prepareRun(all, flags.data ?? {}, threadsOf(flags));
  const planned = await prepare();
  const here = !flags.dryRun && flags.launcher === 'local';
  // The boxes are part of what identifies a corpus.
  const prepared = here && (await findMissingMouths(planned, flags)) ? await prepare() : planned;
  const drawings = await Promise.all(
    drawn.map(async ({ figure }, index) => ({
      figure,
      drawing: await figure.load(),
      run: part(prepared, computed.length + index, computed.length + index + 1),
    })),
  );
  const targets = [
    ...targetsOf(part(prepared, 0, computed.length)),
    ...drawings.flatMap(({ drawing, run }) => drawing.targets(run)),
  ];
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return;
  }
  // Everything in one run: tables share most of what they learn, and no core waits for the end of a table.
  const directory = flags.out ?? join(resultsDirectory, 'reproduce', flags.smoke ? `${name}-smoke` : name);
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
    );
    results.set(folder, result);
  }
  const figures = drawings.map(({ figure, drawing, run }) => ({
    figure,
    picture: { name: `${figure.name}.png`, content: drawing.draw(run, whole.store) },
  }));
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

/** A paper is in the package; anything else is a file of the user's. */
function listOf(paper: string): string {
  const known = reproductionFile(paper);
  if (known !== undefined) return known;
  if (existsSync(paper)) return paper;
  throw new MmxError('cli/usage', `there is no paper '${paper}' to reproduce, and no such file`, {
    exitCode: 2,
    hint: reproductions()
      .map((one) => `mmx reproduce ${one}`)
      .join(', or '),
  });
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Small enough to show that all works, and nothing else: there a generated corpus may stand in for any. */
const smallScale = 'smoke';

/** @throws MmxError `corpora/missing` where something would stand in for the copy that a reproduction needs */
function refuseStandIns(
  { reproduce: name, needs }: Reproduction,
  paper: string,
  tables: readonly (readonly [string, ResolvedTable])[],
): void {
  const cells = tables.flatMap(([, table]) => table.cells);
  const stoodIn = cells.some(
    ({ standIn, experiment }) => standIn !== undefined && experiment.value.scale !== smallScale,
  );
  if (needs === undefined || !stoodIn) return;
  const { copy, size } = needs;
  const fetched = `data/${copy}`;
  const use = `mmx reproduce ${paper} --data ${copy}=${fetched}`;
  throw new MmxError('corpora/missing', `${name} needs a copy of ${copy}, and none is named`, {
    exitCode: 2,
    hint: existsSync(join(fetched, 'fetched.json'))
      ? `there is one: ${use}`
      : `mmx data fetch ${copy} (${size}) gets one into ${fetched}, then: ${use}. With --smoke the embedded corpus stands in`,
  });
}
