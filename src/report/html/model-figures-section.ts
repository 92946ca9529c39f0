import type { StoredModelFigure } from './collect-results.js';
import { type Markup, pngImage, scrollBox, tag, text } from './markup.js';

/** Figures of our models, each with what it is of and how to read it. */
export function modelFigures(figures: readonly StoredModelFigure[]): Markup {
  return figures
    .map(({ record, png }) =>
      tag(
        'figure',
        { class: 'model' },
        scrollBox(record.title, pngImage(png, record.alt, record.width)),
        tag('figcaption', {}, tag('b', {}, text(record.title)), ' ', text(record.caption)),
      ),
    )
    .join('');
}
