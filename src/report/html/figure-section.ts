import type { PaperFigure, ResultGroup } from './collect-results.js';
import { heading, type Markup, pngImage, scrollBox, tag, text } from './markup.js';

/** A figure of the paper, inside the page. */
export function figureSection(
  { figure, png }: PaperFigure,
  { tables }: Pick<ResultGroup, 'tables'>,
  level: number,
  id: string,
): Markup {
  const { title, subtitle, caption, describe } = figure;
  return [
    heading(level, text(`${title}: ${subtitle}`), id),
    tag(
      'figure',
      { class: 'picture' },
      scrollBox(title, pngImage(png, describe(tables))),
      tag('figcaption', {}, text(caption)),
    ),
  ].join('');
}
