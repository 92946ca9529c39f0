import { createHash } from 'node:crypto';
import { heading, headOf, tag, text } from '../html/markup.js';
import { style as reportStyle } from '../html/style.js';
import { oneLine } from '../table/layout.js';
import type { RunView } from './run-view.js';
import { script } from './script.js';
import { liveSections, shareDone } from './sections.js';

/** The run that a page is about. */
export interface PagedRun {
  readonly id: string;
  readonly launcher: string;
  readonly command: readonly string[];
  readonly started: string;
}

const style = `${reportStyle}
progress { display: block; width: 100%; max-width: 44rem; min-width: 6rem; height: .7rem; accent-color: var(--accent); }
td progress { max-width: 14rem; }
#state { font-weight: 600; } #lost { background: var(--warn); color: var(--warn-ink); padding: .6rem .8rem; border-radius: .3rem; }
.state { font-weight: 600; } .state.running { color: var(--accent); } .state.done { color: var(--good); }
.state.failed { color: var(--bad); } .state.skipped, .state.interrupted { color: var(--open); } .state.stored { color: var(--faint); }
@media (max-width: 34rem) { .number { white-space: normal; } }
`;

const sourceOf = (content: string): string =>
  `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/**
 * What a browser may do with the page: run its one script, use its one style, and ask where it came from for more. The
 * header of every answer; `frame-ancestors` means nothing within a page.
 */
export const livePolicy =
  `default-src 'none'; script-src ${sourceOf(script)}; style-src ${sourceOf(style)}; connect-src 'self'; ` +
  `img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The whole page as it is now: without its script it shows the run as it stood when it was loaded. */
export function livePage(run: PagedRun, view: RunView, version: string, now: number): string {
  const { state, summary, results, curves, stages } = liveSections(view, now);
  return [
    '<!doctype html>',
    tag(
      'html',
      { lang: 'en' },
      headOf({ title: titleOf(run, view), version, style }),
      tag(
        'body',
        {},
        tag(
          'header',
          {},
          heading(1, text(run.id)),
          tag('p', { class: 'lead' }, tag('code', {}, text(run.command.join(' ').slice(0, 1000)))),
          tag('p', { id: 'state', role: 'status' }, state),
          tag(
            'p',
            { id: 'lost', hidden: true },
            'mmx runs watch does not answer. This page shows the last state that it sent.',
          ),
          tag('div', { id: 'summary' }, summary),
        ),
        tag(
          'main',
          {},
          tag('section', { id: 'results' }, results),
          tag('section', { id: 'curves' }, curves),
          tag('section', {}, heading(2, 'Stages'), tag('div', { id: 'stages' }, stages)),
        ),
        tag(
          'footer',
          {},
          text(`Served by mmx ${version} to this machine alone; begun ${run.started}, ${run.launcher}.`),
        ),
        tag('script', {}, script),
      ),
    ),
    '',
  ].join('\n');
}

/** What the page asks for every second, as JSON. */
export const liveState = (run: PagedRun, view: RunView, now: number): string =>
  JSON.stringify({
    title: titleOf(run, view),
    run: view.state,
    sections: liveSections(view, now),
  });

function titleOf({ id }: PagedRun, view: RunView): string {
  const how = {
    running: `${Math.floor(100 * shareDone(view))} %`,
    ended: 'ended',
    gone: 'has stopped',
  };
  return `${how[view.state]} · ${oneLine(id)}`;
}
