import { cpus } from 'node:os';

/** The processor, in one line. */
export const processor = () => `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`;

const busyMilliseconds = () =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);

/**
 * Watches what this process and the peers leave of the machine.
 *
 * @param {readonly import('./peer.js').Peer[]} peers
 * @returns {() => number} how many cores' worth of time other processes have used since, on average
 */
export function watchOthers(peers) {
  const ours = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000 + peers.reduce((sum, peer) => sum + (peer.cpuMilliseconds() ?? 0), 0);
  };
  const since = performance.now();
  const before = busyMilliseconds() - ours();
  return () => Math.max(0, (busyMilliseconds() - ours() - before) / (performance.now() - since));
}
