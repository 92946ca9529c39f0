import type { PrepareObserver } from '../../corpora/mouths/prepare.js';
import { MmxError } from '../../errors.js';
import type { RunObserver } from '../../pipeline/run/events.js';

/** Tells of movies as of the stages of a run, whose display it shares. */
export function showMovies(show: RunObserver): {
  readonly observer: PrepareObserver;
  readonly end: () => void;
} {
  const sizes = new Map<string, number>();
  const began = performance.now();
  const of = (movie: string) => ({ hash: movie, kind: 'movie', label: movie, cost: sizes.get(movie) ?? 1 });
  let open = false;
  return {
    observer: {
      begin({ todo, kept, bytes, jobs }) {
        open = true;
        show({ type: 'run-start', run: todo, reused: kept, cost: bytes, jobs });
      },
      started(movie, bytes) {
        sizes.set(movie, bytes);
        show({ type: 'stage-start', ...of(movie) });
        // What is reported first counts as done in an earlier run.
        show({ type: 'stage-progress', ...of(movie), progress: { done: 0, total: 1 } });
      },
      progress(movie, frames, expected) {
        const note = `frame ${frames}/${expected}`;
        show({
          type: 'stage-progress',
          ...of(movie),
          progress: { done: frames, total: expected, unit: 'frames', note },
        });
      },
      ended(movie, record, seconds) {
        if (record !== null) show({ type: 'stage-done', ...of(movie), seconds });
        else {
          const error = new MmxError('formats/movie', `${movie} cannot be used`);
          show({ type: 'stage-failed', ...of(movie), error });
        }
      },
    },
    end: () => {
      if (open) show({ type: 'run-end', seconds: (performance.now() - began) / 1000 });
    },
  };
}
