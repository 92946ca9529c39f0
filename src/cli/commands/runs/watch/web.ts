import { MmxError } from '../../../../errors.js';
import { type Series, seriesIn } from '../../../../pipeline/evidence/measurements.js';
import { packageVersion } from '../../../../pipeline/runs/environment.js';
import { manifestIfThere } from '../../../../pipeline/runs/manifest.js';
import type { LiveRun } from '../../../../pipeline/runs/marks.js';
import { watchRun } from '../../../../pipeline/runs/watch.js';
import type { ArtifactStore } from '../../../../pipeline/store/store.js';
import { livePage, livePolicy, liveState } from '../../../../report/live/page.js';
import { RunView } from '../../../../report/live/run-view.js';
import { print } from '../../../output.js';
import { runsDirectory } from '../../../project/places.js';
import { openStore } from '../../../project/store.js';
import { manifestPath } from '../../../run/records.js';
import { ReplayClock } from './replay-clock.js';
import { serveLocally } from './server.js';

/** Stored results that are read for one page: those of a large table are some thousand. */
const mostRead = 1000;

/**
 * Serves a page that shows the run as it gets on, until Ctrl-C; after the run has ended too.
 *
 * @throws MmxError `runs/port`
 */
export async function watchInBrowser(run: LiveRun, port: number): Promise<void> {
  const store = openStore();
  const clock = new ReplayClock();
  const view = new RunView(clock.now, resultsOf(store));
  const now = () => Date.now() / 1000;
  const server = await serveLocally(
    {
      '/': { type: 'text/html', body: () => livePage(run, view, packageVersion(), now()) },
      '/state': { type: 'application/json', body: () => liveState(run, view, now()) },
    },
    { port, policy: livePolicy },
  );
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        stop.abort();
        resolve();
      });
    }
  });
  print(`${server.address} shows ${run.id}; Ctrl-C ends the page, not the run`);
  try {
    const how = await watchRun(run, {
      runsDirectory: runsDirectory(),
      store,
      tellTime: clock.tellTime,
      observer: (event) => {
        view.observe(event);
        clock.present();
      },
      signal: stop.signal,
    });
    if (how !== 'left') {
      view.close(recordOf(run));
      print(`${run.id} has ${view.state === 'ended' ? 'ended' : 'stopped'}; the page stays until Ctrl-C`);
    }
    await stopped;
  } finally {
    await server.close();
  }
}

/** The record that a run leaves at its end. A damaged one tells nothing; others say what is wrong with it. */
function recordOf({ id }: LiveRun) {
  try {
    return manifestIfThere(manifestPath(id));
  } catch (error) {
    if (error instanceof MmxError) return undefined;
    throw error;
  }
}

/** Reads what stored stages have measured; of damaged ones, and of more than {@link mostRead}, nothing. */
function resultsOf(store: ArtifactStore): (stage: { hash: string; kind: string }) => readonly Series[] {
  let read = 0;
  return (stage) => {
    if (read >= mostRead) return [];
    read += 1;
    try {
      return store.has(stage.hash) ? seriesIn(store, stage) : [];
    } catch (error) {
      if (error instanceof MmxError) return [];
      throw error;
    }
  };
}
