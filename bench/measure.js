/**
 * What a step of a block took, on average.
 *
 * @typedef {object} Block
 * @property {number} ms milliseconds on the clock
 * @property {number} cpu_ms milliseconds of processor time, of all threads of the process together
 */

/**
 * One who runs steps: resolves to a block of them, after `warm` unmeasured ones.
 *
 * @typedef {(warm: number, steps: number) => Promise<Block>} RunBlock
 */

/** Steps at the start of every block that are not measured: they wake threads and fill caches. */
const warmSteps = 2;

/**
 * Blocks of every contestant in turn, round after round, each round beginning with another contestant.
 *
 * @param {Record<string, RunBlock>} contestants by name
 * @param {{ rounds: number, blockMilliseconds: number }} effort
 * @returns {Promise<Record<string, Block[]>>} one entry a round
 */
export async function interleave(contestants, { rounds, blockMilliseconds }) {
  const names = Object.keys(contestants);
  const steps = {};
  for (const name of names) {
    await contestants[name](3, 2);
    const { ms } = await contestants[name](0, 3);
    steps[name] = Math.max(2, Math.round(blockMilliseconds / ms));
  }
  const blocks = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      blocks[name].push(await contestants[name](warmSteps, steps[name]));
    }
  }
  return blocks;
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median over the rounds of a's time over b's in the same round: drifts of the machine cancel. */
export const medianRatio = (a, b) => median(a.map((time, round) => time / b[round]));

/** Four digits: more than any of these machines repeats. */
export const rounded = (value) => Number(value.toPrecision(4));

/**
 * Runs blocks of a contestant of this process.
 *
 * @param {import('./cases.js').Contestant} contestant
 * @returns {RunBlock}
 */
export const localBlock = (contestant) => async (warm, steps) => {
  const run = (count) => {
    for (let i = 0; i < count; i++) contestant.step();
    // A device computes on after the call: the sample waits for it.
    if (!contestant.sample().every(Number.isFinite)) throw new Error('mmx: the numbers are no longer finite');
  };
  run(warm);
  const start = performance.now();
  const used = process.cpuUsage();
  run(steps);
  const { user, system } = process.cpuUsage(used);
  return { ms: (performance.now() - start) / steps, cpu_ms: (user + system) / 1e3 / steps };
};
