import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A Python process that runs a peer's steps when asked, and is idle otherwise. */
export class Peer {
  /** Versions of its libraries. */
  versions = {};
  #process;
  #lines;
  #errors = '';

  /**
   * @param {string} python
   * @param {string} script in this folder
   * @param {number} threads
   * @param {'cpu' | 'cuda'} device
   * @returns {Promise<{ peer: Peer } | { missing: string }>} what is missing where the peer cannot run
   */
  static async start(python, script, threads, device = 'cpu') {
    const peer = new Peer();
    const path = fileURLToPath(new URL(script, import.meta.url));
    const count = String(threads);
    peer.#process = spawn(python, ['-B', path, count, device], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count },
    });
    peer.#process.stderr.on('data', (text) => {
      peer.#errors = (peer.#errors + text).slice(-2000);
    });
    const spawned = await new Promise((resolve) => {
      peer.#process.once('spawn', () => resolve(true));
      peer.#process.once('error', () => resolve(false));
    });
    if (!spawned) return { missing: `Python (${python} cannot be started)` };
    // Writing to a process that has ended is reported by the answer that does not come.
    peer.#process.stdin.on('error', () => {});
    peer.#lines = createInterface({ input: peer.#process.stdout })[Symbol.asyncIterator]();
    const { missing, versions } = await peer.#answer();
    if (missing !== undefined) return { missing };
    peer.versions = versions;
    return { peer };
  }

  /**
   * Runs a block of steps and waits until the process is idle again.
   *
   * @returns {Promise<{ ms: number, cpu_ms: number, variant: string }>} mean milliseconds of a step
   */
  async run(name, benchCase, warm, steps) {
    this.#process.stdin.write(`${JSON.stringify({ peer: name, case: benchCase, warm, steps })}\n`);
    const answer = await this.#answer();
    await this.#settle();
    return answer;
  }

  stop() {
    this.#process.stdin.end();
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the peer ended without an answer:\n${this.#errors.trim()}`);
    return JSON.parse(value);
  }

  /** OpenMP and BLAS threads spin on for some milliseconds after their work, which would slow the next block. */
  async #settle() {
    let before = this.cpuMilliseconds();
    if (before === undefined) {
      await sleep(200);
      return;
    }
    for (let attempt = 0; attempt < 50; attempt++) {
      await sleep(20);
      const now = this.cpuMilliseconds();
      if (now - before < 0.5) return;
      before = now;
    }
    throw new Error('the peer keeps its processors busy between its steps');
  }

  /** Processor time the threads of the process have used; undefined where the system does not tell. */
  cpuMilliseconds() {
    const tasks = `/proc/${this.#process.pid}/task`;
    try {
      return readdirSync(tasks).reduce(
        (sum, id) => sum + Number(readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
        0,
      );
    } catch {
      return undefined;
    }
  }
}
