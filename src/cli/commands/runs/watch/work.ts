import { MmxError } from '../../../../errors.js';
import { type LiveRun, liveRuns } from '../../../../pipeline/runs/marks.js';
import { watchRun } from '../../../../pipeline/runs/watch.js';
import { formatDuration, fractionOf, RunMeter } from '../../../../report/progress/meter.js';
import { createProgress, progressMode } from '../../../../report/progress/progress.js';
import { print, printJson, say } from '../../../output.js';
import { runsDirectory } from '../../../project/places.js';
import { openStore } from '../../../project/store.js';
import type { WatchFlags } from './command.js';
import { ReplayClock } from './replay-clock.js';

/** The work of `mmx runs watch`. */
export async function watch(
  prefix: string | undefined,
  { json = false, web = false, port }: WatchFlags,
): Promise<void> {
  if (port !== undefined && !web) {
    throw new MmxError('cli/usage', '--port needs --web', { exitCode: 2 });
  }
  const run = prefix === undefined ? liveRuns(runsDirectory())[0] : liveRunNamed(prefix);
  if (run === undefined) {
    if (json) printJson(null);
    else print('no run is in progress here; mmx runs ls lists those that have ended');
  } else if (json) printJson(await lookOnce(run));
  else if (web) {
    const { watchInBrowser } = await import('./web.js');
    await watchInBrowser(run, port ?? 0);
  } else await follow(run);
}

async function lookOnce(run: LiveRun): Promise<object> {
  const clock = new ReplayClock();
  const meter = new RunMeter(clock.now);
  const failed: string[] = [];
  await watchRun(run, {
    ...place(),
    tellTime: clock.tellTime,
    observer: (event) => {
      meter.observe(event);
      if (event.type === 'stage-failed') failed.push(event.label);
    },
    signal: new AbortController().signal,
    once: true,
  });
  clock.present();
  return snapshot(run, meter, failed);
}

async function follow(run: LiveRun): Promise<void> {
  say(`${run.id}  ${run.launcher}  ${run.command.join(' ')}`);
  const clock = new ReplayClock();
  const stop = new AbortController();
  const leave = () => {
    process.exitCode = 130;
    stop.abort();
  };
  process.on('SIGINT', leave);
  const mode = progressMode({}, process.stdout);
  const show = createProgress({ mode, stream: process.stdout, now: clock.now });
  let ended = false;
  const how = await watchRun(run, {
    ...place(),
    tellTime: clock.tellTime,
    observer: (event) => {
      show(event);
      clock.present();
      if (event.type === 'stage-failed') process.exitCode = 1;
      ended ||= event.type === 'run-end';
    },
    signal: stop.signal,
  });
  process.off('SIGINT', leave);
  if (!ended) show({ type: 'run-end', seconds: 0 });
  if (how === 'gone') {
    print(
      `${run.id} has stopped. If results are missing, run its command again: it continues where it stopped.`,
    );
  }
}

const place = () => ({ runsDirectory: runsDirectory(), store: openStore() });

/** @throws MmxError `runs/unknown` unless exactly one run in progress begins so */
export function liveRunNamed(prefix: string): LiveRun {
  const runs = liveRuns(runsDirectory());
  const found = runs.filter(({ id }) => id.startsWith(prefix));
  const [run, second] = found;
  const exact = runs.find(({ id }) => id === prefix);
  if (exact !== undefined) return exact;
  if (run !== undefined && second === undefined) return run;
  const message =
    found.length === 0
      ? `no run in progress begins with '${prefix}'`
      : `${found.length} runs in progress begin with '${prefix}'`;
  const hint =
    runs.length === 0
      ? 'none is in progress here; mmx runs ls lists those that have ended'
      : `in progress: ${runs.map(({ id }) => id).join(', ')}`;
  throw new MmxError('runs/unknown', message, { exitCode: 2, hint });
}

function snapshot(
  { id, launcher, command, host, started }: LiveRun,
  meter: RunMeter,
  failed: readonly string[],
): object {
  const left = meter.secondsLeft;
  return {
    id,
    launcher,
    command,
    host,
    started,
    stages: meter.stages,
    ended: meter.ended,
    stored: meter.reused,
    failed,
    secondsLeft: left === undefined ? null : Math.round(left),
    timeLeft: left === undefined ? null : formatDuration(left),
    running: [...meter.running].map(([hash, stage]) => ({
      hash,
      label: stage.label,
      fraction: Number(fractionOf(stage).toFixed(4)),
      note: stage.progress?.note ?? null,
    })),
  };
}
