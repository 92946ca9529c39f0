import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { MmxError } from '../errors.js';
import { type RunManifest, readManifest } from '../pipeline/manifest.js';
import { print, printJson, runsDirectory } from './output.js';

/** `mmx runs ls|show`. */
export function runsCommand(): Command {
  const command = new Command('runs').description('what has been run in this directory');
  command
    .command('ls')
    .description('list the runs, newest first')
    .option('--json', 'print JSON')
    .action((flags: { json?: boolean }) => {
      const runs = runIds().map((id) => ({ id, manifest: readManifest(pathOf(id)) }));
      if (flags.json) {
        printJson(runs.map(({ id, manifest }) => ({ id, ...summaryOf(manifest) })));
        return;
      }
      if (runs.length === 0) print('no runs yet: mmx table configs/mnist-halves/demo.yaml makes one');
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
    .addHelpText('after', '\nExample:\n  $ mmx runs show 20260102-0304')
    .action((prefix: string) => {
      const found = runIds().filter((id) => id.startsWith(prefix));
      const [id, second] = found;
      if (id === undefined || second !== undefined) {
        throw new MmxError(
          'runs/unknown',
          `${found.length === 0 ? 'no run begins' : `${found.length} runs begin`} with '${prefix}'`,
          {
            exitCode: 2,
            hint: 'mmx runs ls lists them',
          },
        );
      }
      printJson(readManifest(pathOf(id)));
    });
  return command;
}

const directory = (): string => join(runsDirectory(), 'manifests');
const pathOf = (id: string): string => join(directory(), `${id}.json`);

function runIds(): string[] {
  if (!existsSync(directory())) return [];
  return readdirSync(directory())
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
    .reverse();
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
