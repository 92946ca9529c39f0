import { Command } from 'commander';
import { MmxError } from '../errors.js';
import { type RunManifest, readManifest } from '../pipeline/manifest.js';
import { liveRuns } from '../pipeline/running.js';
import { visible } from '../visible.js';
import { print, printJson, runsDirectory, say } from './output.js';
import { cancelCommand } from './runs-cancel.js';
import { compareCommand } from './runs-compare.js';
import { manifestPath, runIds, runNamed } from './runs-find.js';
import { gcCommand } from './runs-gc.js';
import { watchCommand } from './runs-watch.js';

/** `mmx runs ls|show|watch|cancel|compare|gc`. */
export function runsCommand(): Command {
  const command = new Command('runs').description('what has been run in this directory').addHelpText(
    'after',
    `
Examples:
  $ mmx runs ls                                              newest first
  $ mmx runs watch                                           how the one in progress gets on
  $ mmx runs compare 20260102-0304 20260102-0911             what differs, and by more than chance?
  $ mmx runs gc                                              what could be freed`,
  );
  command
    .command('ls')
    .description('list the runs, newest first')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx runs ls\n  $ mmx runs ls --json')
    .action((flags: { json?: boolean }) => {
      const { runs, unread } = recordedRuns();
      for (const { message } of unread) say(`mmx: ${visible(message)} It is left out here.`);
      if (flags.json) {
        printJson(runs.map(({ id, manifest }) => ({ id, ...summaryOf(manifest) })));
        return;
      }
      const live = liveRuns(runsDirectory());
      for (const { id, launcher, command } of live)
        print(`${id}  in progress  ${launcher}  ${command.join(' ')}`);
      if (runs.length === 0 && live.length === 0)
        print('no runs yet: mmx table configs/mnist-halves/demo.yaml makes one');
      for (const { id, manifest } of runs) {
        const { stages, seconds, engine, complete } = summaryOf(manifest);
        print(
          `${id}  ${complete ? 'complete  ' : 'unfinished'}  ${stages} stages  ${seconds.toFixed(0)} s  ${engine}`,
        );
      }
    });
  command
    .command('show')
    .description('print the manifest of a run')
    .argument('<run>', 'its id, or the beginning of it')
    .option('--json', 'as always: a manifest is JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ mmx runs show 20260102-0304\n  $ mmx runs show 20260102-0304 --json',
    )
    .action((prefix: string) => {
      printJson(readManifest(manifestPath(runNamed(prefix))));
    });
  command.addCommand(watchCommand());
  command.addCommand(cancelCommand());
  command.addCommand(compareCommand());
  command.addCommand(gcCommand());
  return command;
}

/** All runs whose manifest can be read, newest first, and what is wrong with the other manifests. */
function recordedRuns(): { runs: { id: string; manifest: RunManifest }[]; unread: MmxError[] } {
  const runs: { id: string; manifest: RunManifest }[] = [];
  const unread: MmxError[] = [];
  for (const id of runIds()) {
    try {
      runs.push({ id, manifest: readManifest(manifestPath(id)) });
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      unread.push(error);
    }
  }
  return { runs, unread };
}

function summaryOf({ stages, seconds, engine, started }: RunManifest): {
  started: string;
  seconds: number;
  stages: number;
  engine: string;
  complete: boolean;
} {
  const done = ['ran', 'reused', 'unneeded'];
  return {
    started,
    seconds,
    stages: stages.length,
    engine: engine.name,
    complete: stages.every(({ end }) => done.includes(end)),
  };
}
