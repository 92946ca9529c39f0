import type { TrainingCurves } from '../../pipeline/evidence/curves.js';
import { withoutSeed } from '../../pipeline/evidence/curves.js';
import type { Series } from '../../pipeline/evidence/measurements.js';
import { curvesOf } from '../html/curves-figure.js';
import { grid, heading, list, type Markup, tag, text } from '../html/markup.js';
import { formatDuration, formatTimeLeft, fractionOf } from '../progress/meter.js';
import type { RunView, ViewedStage, ViewedState } from './run-view.js';

/** What a page holds of each, at most: it is made anew and sent again every second. */
const most = { stages: 200, results: 200, charts: 48, lines: 10, points: 120 } as const;

/** Parts of a page that change while a run goes on, by the id of the element that they are in. */
export type LiveSections = Readonly<Record<'state' | 'summary' | 'results' | 'curves' | 'stages', Markup>>;

/** @param now in seconds since 1970 */
export function liveSections(view: RunView, now: number): LiveSections {
  return {
    state: text(stateText(view)),
    summary: summaryOf(view),
    results: resultsOf(view.stages),
    curves: curvesSection(view.stages),
    stages: stagesOf(view, now),
  };
}

export function stateText({ state, stages }: RunView): string {
  const failed = stages.filter((stage) => stage.state === 'failed').length;
  const but = failed === 0 ? '' : `; ${failed} ${failed === 1 ? 'stage' : 'stages'} failed`;
  switch (state) {
    case 'running':
      return `The run goes on${but}.`;
    case 'ended':
      return `The run has ended${but}.`;
    case 'gone':
      return 'The run has stopped. If results are missing, run its command again: it continues where it stopped.';
  }
}

/** Share of the work that is done, of 1; by the record where the run has ended. */
export function shareDone({ meter, state }: RunView): number {
  if (state === 'ended' || meter.cost === 0) return state === 'ended' ? 1 : 0;
  return meter.done / meter.cost;
}

function summaryOf(view: RunView): Markup {
  const { meter, state, warnings } = view;
  const left = state === 'running' ? meter.secondsLeft : undefined;
  const waiting = Math.max(0, meter.stages - meter.ended - meter.running.size);
  const ended = view.stages.filter((stage) => ['done', 'failed', 'skipped'].includes(stage.state)).length;
  const parts = [
    `${Math.max(ended, meter.ended)} of ${Math.max(ended, meter.stages)} stages have ended`,
    ...(state !== 'running' ? [] : [`${meter.running.size} running`, `${waiting} waiting`]),
    `${view.stages.filter((stage) => stage.state === 'stored').length} taken from the store`,
    ...(left === undefined ? [] : [`about ${formatTimeLeft(left)} left`]),
  ];
  return [
    bar(shareDone(view), 'The whole run'),
    tag('p', { class: 'lead' }, text(`${parts.join(', ')}.`)),
    warnings.length === 0 ? '' : heading(2, 'Warnings') + list(warnings.map(text)),
  ].join('');
}

const bar = (share: number, label: string): Markup =>
  tag(
    'progress',
    { max: 100, value: (100 * share).toFixed(1), 'aria-label': label },
    `${Math.floor(100 * share)} %`,
  );

const order: readonly ViewedState[] = ['failed', 'running', 'interrupted', 'skipped', 'done', 'stored'];

function stagesOf(view: RunView, now: number): Markup {
  if (view.stages.length === 0) return tag('p', {}, 'No stage has begun.');
  // The latest first, of those in one state.
  const sorted = [...view.stages].reverse().sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const rows = sorted
    .slice(0, most.stages)
    .map((stage) => [text(stage.label), stateCell(stage), courseCell(stage), timeCell(stage, view, now)]);
  const left = sorted.length - rows.length;
  return (
    grid('Stages', ['stage', 'state', 'progress', 'time'], rows, 'unseen') +
    (left === 0 ? '' : tag('p', { class: 'lead' }, `${left} more are not shown.`))
  );
}

const stateCell = ({ state }: ViewedStage): Markup => tag('span', { class: `state ${state}` }, state);

function courseCell(stage: ViewedStage): Markup {
  if (stage.why !== undefined) return text(stage.why);
  if (stage.state !== 'running') return '';
  const share = fractionOf({ progress: stage.progress });
  const note = stage.progress?.note;
  return (
    bar(share, `Progress of ${stage.label}`) +
    (note ? tag('span', { class: 'count' }, text(clipped(note, 200))) : '')
  );
}

function timeCell(
  { hash, state, started, seconds, progress }: ViewedStage,
  { meter }: RunView,
  now: number,
): Markup {
  if (seconds !== undefined) return tag('span', { class: 'number' }, text(formatDuration(seconds)));
  if (state !== 'running' || started === undefined) return '';
  const rate = meter.rateOf(hash);
  const left =
    rate === undefined || progress === undefined ? undefined : (progress.total - progress.done) / rate;
  const spent = formatDuration(Math.max(0, now - started));
  return tag(
    'span',
    { class: 'number' },
    text(left === undefined ? spent : `${spent}, about ${formatTimeLeft(left)} left`),
  );
}

function resultsOf(stages: readonly ViewedStage[]): Markup {
  const rows = stages.flatMap(({ kind, label, series }) => {
    if (kind !== 'score') return [];
    const accuracy = series.find(({ metric }) => metric === 'accuracy')?.points[0]?.value;
    if (accuracy === undefined) return [];
    return [
      [text(label.replace(/^score /, '')), tag('span', { class: 'number' }, `${accuracy.toFixed(2)} %`)],
    ];
  });
  if (rows.length === 0) return '';
  const shown = rows.slice(-most.results).reverse();
  const left = rows.length - shown.length;
  return (
    heading(2, 'Accuracies so far') +
    grid('Accuracies so far', ['classifier', 'accuracy'], shown, 'unseen') +
    (left === 0 ? '' : tag('p', { class: 'lead' }, `${left} earlier ones are not shown.`))
  );
}

/** What is drawn of all that a model observes, and how it is called. */
const quantities: Readonly<Record<string, TrainingCurves['quantity']>> = {
  reconstruction: 'reconstruction error',
  loss: 'loss',
  validationAccuracy: 'validation accuracy',
};

function curvesSection(stages: readonly ViewedStage[]): Markup {
  const charts = chartsOf(stages);
  if (charts.length === 0) return '';
  const shown = charts.slice(0, most.charts);
  const left = charts.length - shown.length;
  return (
    heading(2, 'Training curves') +
    tag('p', { class: 'lead' }, 'Means of each epoch; one line a seed. Axes do not begin at zero.') +
    curvesOf(shown, false) +
    (left === 0 ? '' : tag('p', { class: 'lead' }, `${left} more are not drawn.`))
  );
}

/** A chart a model and quantity, models that learn now before the others. */
function chartsOf(stages: readonly ViewedStage[]): readonly TrainingCurves[] {
  const charts = new Map<string, TrainingCurves>();
  const live = (stage: ViewedStage): boolean => stage.state === 'running';
  for (const { label, series } of [...stages.filter(live), ...stages.filter((stage) => !live(stage))]) {
    const model = withoutSeed(label);
    for (const one of series) {
      const quantity = Object.hasOwn(quantities, one.metric) ? quantities[one.metric] : undefined;
      if (quantity === undefined || one.points.length === 0) continue;
      const key = JSON.stringify([model, quantity]);
      const lines = charts.get(key)?.lines ?? [];
      if (lines.length >= most.lines) continue;
      charts.set(key, { model, quantity, tables: [], lines: [...lines, thinned(one)] });
    }
  }
  return [...charts.values()];
}

/** Evenly fewer points where a chart has no place for more; the last always. */
function thinned({ points }: Series): TrainingCurves['lines'][number] {
  const every = Math.max(1, Math.ceil(points.length / most.points));
  return points
    .filter((_, index) => index % every === 0 || index === points.length - 1)
    .map(({ step, value }) => ({ epoch: step, value }));
}

const clipped = (content: string, length: number): string =>
  content.length > length ? `${content.slice(0, length)}…` : content;
