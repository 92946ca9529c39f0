/**
 * @typedef {object} CaseResult
 * @property {string} case
 * @property {number} mmx_ms milliseconds of a step
 * @property {Record<string, { ms: number, ratio: number }>} peers ratio: mmx over the peer; below 1 mmx is faster
 * @property {number} limit_ms
 * @property {number} limit_ratio
 * @property {number} [floor_ms]
 * @property {number} [floor_ratio]
 */

/**
 * An aligned table under its header.
 *
 * @param {readonly CaseResult[]} results
 * @param {readonly string[]} header lines on the machine and the method
 */
export function formatTable(results, header) {
  const peers = [...new Set(results.flatMap((result) => Object.keys(result.peers)))];
  const hasFloor = results.some(({ floor_ms }) => floor_ms !== undefined);
  const digits = hasFloor ? 4 : 2;
  const pair = (peer) => (peer === undefined ? ['-', '-'] : [peer.ms.toFixed(digits), peer.ratio.toFixed(2)]);
  const rows = [
    [
      'ms a step',
      'mmx',
      'limit',
      'mmx/limit',
      ...(hasFloor ? ['floor', 'mmx/floor'] : []),
      ...peers.flatMap((name) => [name, `mmx/${name}`]),
    ],
    ...results.map((result) => [
      result.case,
      result.mmx_ms.toFixed(digits),
      ...pair({ ms: result.limit_ms, ratio: result.limit_ratio }),
      ...(hasFloor ? pair({ ms: result.floor_ms, ratio: result.floor_ratio }) : []),
      ...peers.flatMap((name) => pair(result.peers[name])),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  return `${[...header, '', ...rows.map((row) => row.map(align).join('  '))].join('\n')}\n`;
}
