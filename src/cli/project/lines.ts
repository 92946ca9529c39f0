import { type Place, places } from './places.js';

/** A folder and what names it, on one line. */
export const placeText = ({ path, from }: Place): string => `${path} (${from})`;

/** The folders that commands use here, one a line. */
export function placeLines(): readonly string[] {
  const { file, results, store, data } = places();
  const rows: (readonly [string, string])[] = [
    ['project', file ?? 'none (mmx init makes one)'],
    ['results', placeText(results)],
    ['store', placeText(store)],
    ...Object.entries(data).map(([corpus, place]) => [corpus, placeText(place)] as const),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`);
}
