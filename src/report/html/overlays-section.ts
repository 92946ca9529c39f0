import { mostRuns, overlaysOf, type RunWithCurves } from '../figures/overlaid-curves.js';
import { paintOverlay } from '../figures/paint-curves.js';
import { escaped } from '../figures/svg.js';
import { type Markup, scrollBox, tag, text } from './markup.js';

/** The curves of several runs in one chart a quantity and model; nothing where no two runs have such curves. */
export function overlaysSection(runs: readonly RunWithCurves[]): Markup {
  const overlays = overlaysOf(runs);
  if (overlays.length === 0) return '';
  const more = runs.length > mostRuns ? ` The first ${mostRuns} of ${runs.length} runs are drawn.` : '';
  return [
    tag(
      'p',
      { class: 'lead' },
      text(
        `Thin lines are seeds, thick lines their mean. Letters name the runs. Axes do not begin at zero.${more}`,
      ),
    ),
    ...overlays.map((overlay) => {
      const { svg, alt } = paintOverlay(overlay);
      const inside = svg.replace('role="img"', `role="img" aria-label="${escaped(alt)}"`);
      return tag('figure', { class: 'bars overlay' }, scrollBox(alt.split('.')[0] ?? '', inside.trim()));
    }),
  ].join('');
}
