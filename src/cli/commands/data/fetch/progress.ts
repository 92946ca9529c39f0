import type { FetchObserver } from '../../../../corpora/downloads/fetch.js';
import type { PlannedFile } from '../../../../corpora/downloads/plan.js';
import type { RunObserver } from '../../../../pipeline/run/events.js';
import { formatBytes } from '../../../../pipeline/store/files.js';

const megabyte = 1e6;
/** Milliseconds between two reports of one file: a fast connection brings thousands of pieces a second. */
const reportMilliseconds = 100;

/** Tells of files as of the stages of a run, whose display it shares. Work is counted in megabytes. */
export function showFiles(
  show: RunObserver,
  files: readonly PlannedFile[],
): { readonly observer: FetchObserver; readonly end: () => void } {
  const began = performance.now();
  const sizes = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const costOf = (name: string): number => Math.max(1, sizes.get(name) ?? 1) / megabyte;
  const of = (name: string) => ({ hash: name, kind: 'file', label: name, cost: costOf(name) });
  let told = Number.NEGATIVE_INFINITY;
  const report = (name: string, done: number, total: number, note: string): void => {
    const now = performance.now();
    if (now - told < reportMilliseconds) return;
    told = now;
    show({ type: 'stage-progress', ...of(name), progress: { done, total, note } });
  };
  const cost = files.reduce((sum, { name }) => sum + costOf(name), 0);
  show({ type: 'run-start', run: files.length, reused: 0, cost, jobs: 1 });
  return {
    observer: {
      started(name) {
        show({ type: 'stage-start', ...of(name) });
        told = Number.NEGATIVE_INFINITY;
      },
      progress(name, bytes) {
        const whole = sizes.get(name);
        const note =
          whole === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(whole)}`;
        report(name, bytes / megabyte, (whole ?? 0) / megabyte, note);
      },
      unpacking(name, done, whole) {
        // The file has come as a whole by then; how far its unpacking is, the note alone says.
        report(name, costOf(name), costOf(name), `unpacking, ${formatBytes(done)} of ${formatBytes(whole)}`);
      },
      again(name, reason, seconds) {
        const message = `${reason}; again in ${Math.ceil(seconds)} s`;
        show({ type: 'warning', label: name, message });
      },
      kept(name, paths) {
        const rest = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
        const message = `${paths[0] ?? ''}${rest} was there with another content, which is kept`;
        show({ type: 'warning', label: name, message });
      },
      ended(name, seconds) {
        show({ type: 'stage-done', ...of(name), seconds });
      },
      failed(name, error) {
        show({ type: 'stage-failed', ...of(name), error });
      },
    },
    end: () => show({ type: 'run-end', seconds: (performance.now() - began) / 1000 }),
  };
}
