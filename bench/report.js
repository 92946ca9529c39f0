/**
 * @typedef {object} CaseResult
 * @property {string} case
 * @property {number} mmx_ms milliseconds of a step
 * @property {number} [mmx_cpu_ms] of processor time, of all threads together
 * @property {Record<string, { ms: number, ratio: number, cpu_ms?: number, cpu_ratio?: number }>} peers ratio: mmx over the
 *   peer; below 1 mmx is faster
 * @property {number} [limit_ms]
 * @property {number} [limit_ratio]
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
  const has = (key) => results.some((result) => result[key] !== undefined);
  const [hasLimit, hasFloor, hasProcessor] = ['limit_ms', 'floor_ms', 'mmx_cpu_ms'].map(has);
  const digits = hasFloor ? 4 : 2;
  const pair = (ms, ratio) => (ms === undefined ? ['-', '-'] : [ms.toFixed(digits), ratio.toFixed(2)]);
  const rows = [
    [
      'ms a step',
      'mmx',
      ...(hasProcessor ? ['mmx CPU'] : []),
      ...(hasLimit ? ['limit', 'mmx/limit'] : []),
      ...(hasFloor ? ['floor', 'mmx/floor'] : []),
      ...peers.flatMap((name) => [
        ...[name, `mmx/${name}`],
        ...(hasProcessor ? [`${name} CPU`, `mmx/${name} CPU`] : []),
      ]),
    ],
    ...results.map((result) => [
      result.case,
      result.mmx_ms.toFixed(digits),
      ...(hasProcessor ? [result.mmx_cpu_ms?.toFixed(digits) ?? '-'] : []),
      ...(hasLimit ? pair(result.limit_ms, result.limit_ratio) : []),
      ...(hasFloor ? pair(result.floor_ms, result.floor_ratio) : []),
      ...peers.flatMap((name) => {
        const peer = result.peers[name];
        return [...pair(peer?.ms, peer?.ratio), ...(hasProcessor ? pair(peer?.cpu_ms, peer?.cpu_ratio) : [])];
      }),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  return `${[...header, '', ...rows.map((row) => row.map(align).join('  '))].join('\n')}\n`;
}
