import type { Answers } from '../../pipeline/evidence/evidence.js';
import { element, escaped, label } from '../figures/svg.js';
import { decimal, oneLine } from '../table/layout.js';
import { details, type Markup, scrollBox, tag, text } from './markup.js';

/** Above so many classes a cell is too small for its number. */
const numberedClasses = 12;

/** Above so many classes nobody sees a cell, and a page would hold a million of them. */
const drawnClasses = 600;

/**
 * A confusion matrix, folded away: shares of each true class, with the commonest confusions in words.
 *
 * @param showTables whether to say which tables it is of
 */
export function confusionOf(answers: Answers, showTables: boolean): Markup {
  const { classifier, runs, classes, confusion } = answers;
  const counted = runs === 1 ? 'one run' : `${runs} runs`;
  const tables = showTables ? `; in ${answers.tables.join(', ')}` : '';
  const summary = `${text(classifier)} <span class="count">${decimal(accuracyOf(confusion))} % correct, ${counted}${text(tables)}</span>`;
  if (classes.length > drawnClasses) return details(summary, tag('p', {}, text(confusionText(answers))));
  const numbered = classes.length <= numberedClasses;
  const side = numbered ? 34 : 18;
  const longest = classes.reduce((most, name) => Math.max(most, oneLine(name).length), 0);
  const margin = 12 + Math.min(9, longest) * 8;
  const size = margin + classes.length * side + 4;
  const names = classes.map((name) => oneLine(name).slice(0, 9));
  const cells = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, answer) => {
      if (count === 0 || total === 0) return [];
      const share = count / total;
      const [x, y] = [margin + answer * side, margin + truth * side];
      const place = { x, y, width: side - 1, height: side - 1 };
      const rect = element('rect', { ...place, class: 'share', 'fill-opacity': Math.max(0.03, share) });
      if (!numbered) return [rect];
      const on = share > 0.55 ? 'on-share' : 'beside-share';
      const number = Math.round(100 * share);
      const middle = { class: on, 'text-anchor': 'middle' };
      return [rect, label(x + side / 2, y + side / 2 + 4, number === 0 ? '<1' : String(number), middle)];
    });
  });
  const svg = element(
    'svg',
    {
      viewBox: `0 0 ${size} ${size}`,
      width: size,
      height: size,
      role: 'img',
      'aria-label': confusionText(answers),
      class: 'chart confusion',
    },
    element('rect', {
      class: 'ground',
      x: margin,
      y: margin,
      width: size - margin - 5,
      height: size - margin - 5,
    }),
    ...names.flatMap((name, index) => {
      const middle = margin + index * side + side / 2;
      const vertical = { 'text-anchor': 'start', transform: `rotate(-90 ${middle + 4} ${margin - 5})` };
      return [
        label(margin - 5, middle + 4, name, { 'text-anchor': 'end' }),
        label(middle + 4, margin - 5, name, longest <= 2 ? { 'text-anchor': 'middle', dx: -4 } : vertical),
      ];
    }),
    ...cells,
  );
  return details(
    summary,
    tag(
      'figure',
      {},
      scrollBox(`Confusion matrix of ${classifier}`, svg),
      tag(
        'figcaption',
        {},
        `Rows: the true class; columns: the answer; ${numbered ? 'percent' : 'shade: share'} of the row. ${text(
          commonest(answers, 5),
        )}`,
      ),
    ),
  );
}

/** In words: how much is right, and what is confused most. */
export function confusionText(answers: Answers): string {
  const { classifier, classes, confusion } = answers;
  const total = confusion.flat().reduce((sum, count) => sum + count, 0);
  return (
    `Confusion matrix of ${oneLine(classifier)}: ${classes.length} classes, ${total} answers, ` +
    `${decimal(accuracyOf(confusion))} % correct. ${commonest(answers, 3)}`
  );
}

function commonest({ classes, confusion }: Answers, count: number): string {
  const wrong = confusion
    .flatMap((row, truth) => {
      const total = row.reduce((sum, one) => sum + one, 0);
      return row.map((times, answer) => ({ truth, answer, share: total === 0 ? 0 : times / total }));
    })
    .filter(({ truth, answer, share }) => truth !== answer && share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, count)
    .map(
      ({ truth, answer, share }) =>
        `${oneLine(classes[truth] ?? '')} taken for ${oneLine(classes[answer] ?? '')} (${Math.round(100 * share)} %)`,
    );
  return wrong.length === 0 ? 'Nothing is confused.' : `Confused most: ${wrong.join(', ')}.`;
}

function accuracyOf(confusion: readonly (readonly number[])[]): number {
  const total = confusion.flat().reduce((sum, count) => sum + count, 0);
  const right = confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  return total === 0 ? 0 : (100 * right) / total;
}

/** What was answered to clips without a right answer: a seen syllable with another heard (McGurk). */
export function unanswerableOf(all: readonly Answers[]): Markup {
  return tag(
    'div',
    { class: 'charts' },
    ...all.flatMap((answers) => {
      const { unanswerable: counts, classes, classifier } = answers;
      if (counts === null) return [];
      const total = counts.reduce((sum, count) => sum + count, 0);
      const [left, right, step] = [70, 270, 24];
      const bars = counts.flatMap((count, index) => {
        const share = total === 0 ? 0 : count / total;
        const y = 6 + index * step;
        return [
          label(left - 6, y + 13, oneLine(classes[index] ?? String(index)).slice(0, 8), {
            'text-anchor': 'end',
          }),
          element('rect', { class: 'bar', x: left, y, width: share * (right - left), height: 17 }),
          label(left + share * (right - left) + 5, y + 13, `${decimal(100 * share)} %`, {}),
        ];
      });
      const height = counts.length * step + 10;
      const svg = element(
        'svg',
        {
          viewBox: `0 0 330 ${height}`,
          role: 'img',
          'aria-label': unanswerableText(answers),
          class: 'chart',
        },
        ...bars,
      );
      return [tag('figure', {}, svg, tag('figcaption', {}, tag('b', {}, escaped(oneLine(classifier)))))];
    }),
  );
}

export function unanswerableText({ classifier, classes, unanswerable }: Answers): string {
  const counts = unanswerable ?? [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map(
    (count, index) =>
      `${oneLine(classes[index] ?? '')} ${decimal(total === 0 ? 0 : (100 * count) / total)} %`,
  );
  return `Answers of ${oneLine(classifier)} to ${total} clips without a right answer: ${shares.join(', ')}`;
}
