import { type Breakdown, firstOf, type Tallies } from '../../../../corpora/breakdown.js';
import { visible } from '../../../../visible.js';

/** Lines of each of the two tables, and characters of a name; the JSON has more. */
const MOST_ROWS = 30;
const MOST_CHARACTERS = 32;
/** Between columns. */
const GAP = '  ';

/** Clips or examples of each class, and of each speaker or group, in each part: small tables. */
export function breakdownLines({ classes, speakers, groups }: Breakdown): readonly string[] {
  return [
    ...tableOf(['class', 'classes', '(no label)'], classes),
    ...(speakers ? tableOf(['speaker', 'speakers', '(no speaker)'], speakers) : []),
    ...(groups ? tableOf(['group', 'groups', '(no group)'], groups) : []),
  ];
}

/** @param words for one, for several, and for what has no name */
function tableOf(
  [heading, several, nameless]: readonly [string, string, string],
  tallies: Tallies,
): readonly string[] {
  const { shown, rest } = firstOf(tallies, MOST_ROWS);
  if (shown.length === 0) return [];
  const rows = [
    [heading, 'train', 'test'],
    ...shown.map(({ name, train, test }) => [shortened(name ?? nameless), String(train), String(test)]),
    ...(rest.names > 0 ? [[`${rest.names} more ${several}`, String(rest.train), String(rest.test)]] : []),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([name = '', ...counts]) =>
    [
      name.padEnd(widths[0] ?? 0),
      ...counts.map((count, index) => count.padStart(widths[index + 1] ?? 0)),
    ].join(GAP),
  );
  return ['', ...lines];
}

/** Written out before it is measured: what could not be seen takes more room. */
function shortened(name: string): string {
  const characters = [...visible(name)];
  return characters.length <= MOST_CHARACTERS
    ? characters.join('')
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
