import { createHash } from 'node:crypto';
import { type Evidence, evidenceOf } from '../../pipeline/evidence/evidence.js';
import type { ArtifactStore } from '../../pipeline/store/store.js';
import { countsText } from '../claims/layout.js';
import type { FigureKind } from '../figures/figure-kinds.js';
import type { RunWithCurves } from '../figures/overlaid-curves.js';
import { oneLine } from '../table/layout.js';
import { confusionOf, unanswerableOf } from './answers-figures.js';
import { barsOf } from './bars-figure.js';
import { claimsOf } from './claims-section.js';
import type { ReportedTable, ResultGroup } from './collect-results.js';
import { curvesOf } from './curves-figure.js';
import { figureSection } from './figure-section.js';
import { type FoundFilters, filterSheets, filtersOf } from './filters-section.js';
import { leftOut } from './left-out.js';
import { heading, headOf, idMaker, list, type Markup, tag, text } from './markup.js';
import { modelFigures } from './model-figures-section.js';
import { overlaysSection } from './overlays-section.js';
import { provenanceOf } from './provenance-section.js';
import { style } from './style.js';
import { summaryOf } from './summary-section.js';
import { tableOf } from './table-section.js';

export interface ReportOptions {
  /** Where the artifacts of the runs are, if anywhere. */
  readonly store: ArtifactStore;
  /** Of the program that writes the report. */
  readonly version: string;
  /** Heading where several groups are in one report. */
  readonly name: string;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly markup: Markup;
}

/**
 * Results as one HTML document that needs nothing else: no script, no font, no picture from anywhere. Its policy forbids
 * a browser to fetch anything. Equal results and artifacts give equal bytes.
 */
export function renderReport(
  groups: readonly ResultGroup[],
  { store, version, name }: ReportOptions,
): string {
  const id = idMaker();
  const [only] = groups;
  const single = groups.length === 1 && only !== undefined;
  const title = single ? titleOf(only) : `Results in ${name}`;
  const withCurves: RunWithCurves[] = [];
  const parts = groups.map((group) => {
    const own = single ? null : { id: id(group.name), title: titleAmong(groups, group) };
    const found = { evidence: evidenceOf(group.tables, store), filters: filtersOf(group.tables, store) };
    const { curves, validation } = found.evidence;
    withCurves.push({ name: group.name, curves: [...curves, ...validation] });
    const sections = sectionsOf(group, found, single ? 2 : 3, id);
    const intro = single
      ? ''
      : heading(2, text(own?.title ?? ''), own?.id) + introOf(group) + summaryOf(group);
    return { own, sections, markup: intro + sections.map(({ markup }) => markup).join('') };
  });
  const overlays = single ? '' : overlaysSection(withCurves);
  const overlaid = overlays === '' ? null : { id: id('Curves of all runs'), title: 'Curves of all runs' };
  const contents = parts.map(({ own, sections }) => {
    const links = list(sections.map(link));
    return own === null ? links : tag('li', {}, link(own), links);
  });
  return [
    '<!doctype html>',
    tag(
      'html',
      { lang: 'en' },
      headOf({ title, version, style, policy }),
      tag(
        'body',
        {},
        tag(
          'header',
          {},
          heading(1, text(title)),
          single
            ? introOf(only) + summaryOf(only)
            : tag('p', { class: 'lead' }, `${groups.length} sets of results.`),
          tag(
            'nav',
            { 'aria-label': 'Contents' },
            single
              ? contents.join('')
              : tag('ul', {}, ...(overlaid ? [tag('li', {}, link(overlaid))] : []), ...contents),
          ),
        ),
        tag(
          'main',
          {},
          overlaid ? heading(2, text(overlaid.title), overlaid.id) + overlays : '',
          ...parts.map(({ markup }) => markup),
        ),
        tag(
          'footer',
          {},
          text(`Made by mmx ${version} from the results alone: nothing was computed for it.`),
        ),
      ),
    ),
    '',
  ].join('\n');
}

const policy =
  `default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; ` +
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`;

function sectionsOf(
  group: ResultGroup,
  { evidence, filters }: { readonly evidence: Evidence; readonly filters: FoundFilters },
  level: number,
  id: (name: string) => string,
): readonly Section[] {
  const section = (title: string, markup: (id: string) => Markup): Section => {
    const own = id(title);
    return { id: own, title, markup: markup(own) };
  };
  /** A section of what there is, none where there is nothing. */
  const optional = <T>(
    title: string,
    shown: readonly T[],
    content: (shown: readonly T[]) => readonly Markup[],
  ): readonly Section[] =>
    shown.length === 0 ? [] : [section(title, (own) => heading(level, title, own) + content(shown).join(''))];
  const { tables, claims, paper, figures, modelFigures: drawn } = group;
  const ofKind = (kind: FigureKind) => drawn.filter(({ record }) => record.kind === kind);
  // A damaged artifact is met by whoever reads it.
  const omitted = [...new Set([...leftOut(group, evidence), ...filters.undrawn])];
  const unanswerable = evidence.answers.filter((one) => one.unanswerable !== null);
  return [
    ...(claims === null ? [] : [section('Claims', (own) => claimsOf(claims, paper, level, own))]),
    ...tables.map((reported) =>
      section(tables.length === 1 ? 'Results' : tableTitle(reported), (own) =>
        tableSection(reported, tables.length, level, own),
      ),
    ),
    ...figures.map((one) => section(one.figure.title, (own) => figureSection(one, group, level, own))),
    ...optional('Reconstructions', ofKind('reconstructions'), (shown) => [modelFigures(shown)]),
    ...optional('Where examples lie', ofKind('embedding'), (shown) => [modelFigures(shown)]),
    ...optional('Answers to clips without a right answer', unanswerable, (shown) => [
      tag(
        'p',
        {},
        'As where one syllable is seen and another heard (McGurk). In percent of the answers, over all runs.',
      ),
      unanswerableOf(shown),
    ]),
    ...optional('Confusion matrices', evidence.answers, (shown) =>
      shown.map((one) => confusionOf(one, tables.length > 1)),
    ),
    ...optional('Training curves', evidence.curves, (shown) => [
      tag('p', { class: 'lead' }, 'Means of each epoch; one line a seed. Axes do not begin at zero.'),
      curvesOf(shown, tables.length > 1),
    ]),
    ...optional('First-layer filters', filters.layers, (shown) => [
      tag('p', { class: 'lead' }, filtersLegend),
      filterSheets(shown, tables.length > 1),
    ]),
    section(
      'What is not here',
      (own) =>
        heading(level, 'What is not here', own) +
        (omitted.length === 0
          ? tag('p', {}, 'Nothing was skipped, and nothing failed.')
          : list(omitted.map(text))),
    ),
    section('Provenance', (own) => heading(level, 'Provenance', own) + tables.map(provenanceOf).join('')),
  ];
}

const filtersLegend =
  'The weights from the inputs to units of the first layer, of one seed. Pictures: mid grey is zero, lighter above, ' +
  'darker below; spectrograms: frequency upwards, red above zero, blue below. Sound and pictures over time are taken ' +
  'back through the whitening. Each tile has a scale of its own.';

function tableSection(reported: ReportedTable, count: number, level: number, id: string): Markup {
  const { table } = reported;
  const title = count === 1 ? 'Results' : tableTitle(reported);
  const corpus = `${oneLine(table.corpus)}${table.synthetic ? ', a synthetic corpus' : ''}`;
  return [
    heading(level, text(title), id),
    count === 1 ? '' : tag('p', { class: 'lead' }, text(corpus)),
    tableOf(table),
    barsOf(table),
  ].join('');
}

/** What it is, on what, and what came of it, before anything else. */
function introOf({ tables, claims }: ResultGroup): Markup {
  const corpora = [...new Set(tables.map(({ table }) => oneLine(table.corpus)))].join(', ');
  const cells = tables.reduce(
    (sum, { table }) => sum + table.rows.reduce((count, row) => count + Object.keys(row.cells).length, 0),
    0,
  );
  const seeds = new Set(tables.flatMap(({ manifest }) => manifest?.seeds ?? []));
  const size = [
    `${tables.length} table${tables.length === 1 ? '' : 's'}`,
    `${cells} cell${cells === 1 ? '' : 's'}`,
    ...(seeds.size === 0 ? [] : [`${seeds.size} seed${seeds.size === 1 ? '' : 's'}`]),
    ...(claims === null ? [] : [countsText(claims)]),
  ];
  const synthetic = [
    ...new Set(tables.filter(({ table }) => table.synthetic).map(({ table }) => table.corpus)),
  ];
  return [
    tag('p', { class: 'lead' }, `Corpus: ${text(corpora)}. ${text(size.join(' · '))}.`),
    synthetic.length === 0
      ? ''
      : tag(
          'p',
          { class: 'synthetic' },
          `<strong>Synthetic corpus.</strong> ${text(synthetic.join(', '))} ${synthetic.length === 1 ? 'is' : 'are'} `,
          'generated, not recorded. The published numbers beside ours are of other data: they are shown for ',
          'orientation and are no yardstick.',
        ),
  ].join('');
}

const titleOf = ({ title, tables, name }: ResultGroup): string =>
  oneLine(title ?? (tables.length === 1 ? (tables[0]?.table.title ?? name) : name));

/** With the name of its folder where others have the same title. */
function titleAmong(groups: readonly ResultGroup[], group: ResultGroup): string {
  const title = titleOf(group);
  const isAlone = groups.filter((other) => titleOf(other) === title).length === 1;
  return isAlone ? title : `${title} (${oneLine(group.name)})`;
}

/** The name of its folder, by which claims and files call it, unless the title begins with that. */
function tableTitle({ name, table }: ReportedTable): string {
  const title = oneLine(table.title);
  return title.toLowerCase().startsWith(name.toLowerCase()) ? title : `${name}: ${title}`;
}

const link = ({ id, title }: { readonly id: string; readonly title: string }): Markup =>
  tag('a', { href: `#${id}` }, text(title));
