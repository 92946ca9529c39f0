import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { mirrorAddress } from '../../../../corpora/downloads/addresses.js';
import { type Download, downloadNamed } from '../../../../corpora/downloads/description.js';
import { exchange, type Network } from '../../../../corpora/downloads/exchange.js';
import { fetchFiles, filesToFetch } from '../../../../corpora/downloads/fetch.js';
import { fetchText } from '../../../../corpora/downloads/fetch-text.js';
import { checkOnly, type PlannedFile, planFiles } from '../../../../corpora/downloads/plan.js';
import type { FetchedFile } from '../../../../corpora/downloads/record.js';
import type { Patience } from '../../../../corpora/downloads/transfer.js';
import {
  type ListedFile,
  listingAddress,
  listingBytes,
  listingName,
  parseListing,
} from '../../../../corpora/downloads/zenodo.js';
import { MmxError } from '../../../../errors.js';
import { withSignals } from '../../../../pipeline/run/launch-context.js';
import { exitCodeOf } from '../../../../pipeline/run/result.js';
import { packageVersion } from '../../../../pipeline/runs/environment.js';
import { createProgress, progressMode } from '../../../../report/progress/progress.js';
import { print, printJson, say } from '../../../output.js';
import type { FetchFlags } from './command.js';
import { showFiles } from './progress.js';
import { claimFolder, fetchStorage } from './storage.js';
import { checkDisk, diskNeeds, licenceLines, planJson, planLines } from './summary.js';

const patience: Patience = {
  pauses: [1, 2, 5, 15, 30, 60],
  progressBytes: 2 ** 20,
  mostWaitSeconds: 300,
  sleep: async (seconds, signal) => {
    await sleep(1000 * seconds, undefined, { signal });
  },
};

export async function runDataFetch(word: string, flags: FetchFlags): Promise<void> {
  const download = downloadNamed(word);
  const folder = flags.out ?? join('data', download.name);
  const only = flags.only?.split(',').filter((part) => part !== '');
  checkOnly(download, only);
  const mirror = flags.mirror === undefined ? undefined : mirrorAddress(flags.mirror);
  if (flags.json !== true) say(...licenceLines(download));
  if (flags.yes !== true && flags.dryRun !== true && !canAsk(flags)) {
    throw new MmxError(
      'cli/usage',
      `${download.name} is fetched only if you agree to its licence, ${download.licence.name}`,
      {
        exitCode: 2,
        hint: `to agree, add --yes: mmx data fetch ${download.name} --yes (--dry-run shows the files)`,
      },
    );
  }
  const stop = new AbortController();
  let signal: string | undefined;
  const interrupt = (which: string): void => {
    signal = which;
    stop.abort();
  };
  await withSignals(interrupt, async () => {
    try {
      await fetchInto(folder, download, { only, mirror }, flags, networkUntil(stop.signal));
    } catch (error) {
      if (signal === undefined) throw error;
      throw new MmxError(
        'fetch/interrupted',
        `interrupted by ${signal}: the received files are kept in ${folder}`,
        {
          exitCode: exitCodeOf(signal),
          hint: 'run the same command again: it continues where it stopped',
        },
      );
    }
  });
}

const networkUntil = (signal: AbortSignal): Network => ({
  exchange,
  userAgent: `mmx/${packageVersion()}`,
  silentSeconds: 60,
  leastBytes: 4096,
  signal,
});

/** Whether somebody can be asked. */
const canAsk = ({ json }: FetchFlags): boolean =>
  json !== true && process.stdin.isTTY === true && process.stderr.isTTY === true;

interface Choice {
  readonly only: readonly string[] | undefined;
  readonly mirror: URL | undefined;
}

async function fetchInto(
  folder: string,
  download: Download,
  choice: Choice,
  flags: FetchFlags,
  network: Network,
): Promise<void> {
  const files = planFiles(download, await listingOf(download, choice.mirror, network), choice);
  const todo = filesToFetch(download, files, folder);
  const needs = diskNeeds(todo, flags.keepArchives === true, folder);
  if (flags.json !== true) print(...planLines(download, files, todo, folder, needs));
  if (flags.dryRun) {
    if (flags.json) printJson(planJson(download, files, todo, folder, needs));
    return;
  }
  if (todo.length > 0) {
    checkDisk(needs, folder);
    if (flags.yes !== true) await agreed(download, network.signal);
  }
  const fetched = todo.length === 0 ? [] : await fetchShown(download, todo, folder, flags, network);
  tell(download, folder, fetched, files.length - todo.length, flags);
}

/** @returns undefined where nothing lists the files: a corpus with addresses of its own, or a mirror without a listing */
async function listingOf(
  { name, zenodo }: Download,
  mirror: URL | undefined,
  network: Network,
): Promise<readonly ListedFile[] | undefined> {
  if (zenodo === undefined) return undefined;
  const address = mirror === undefined ? listingAddress(zenodo) : new URL(listingName(zenodo), mirror);
  const text = await fetchText(address, `the list of files of ${name}`, listingBytes, network, patience);
  if (text !== undefined) return parseListing(text, address.href);
  if (mirror !== undefined) return undefined;
  throw new MmxError('fetch/listing', `the list of files of ${name} is not at ${address.href} (404)`, {
    hint: 'please report it; --mirror URL names another place that has the files',
  });
}

async function agreed({ licence }: Download, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // The end of the input is no answer: some versions of Node.js reject the question then, others leave it open.
  const closed = new Promise<string>((resolve) => lines.on('close', () => resolve('')));
  try {
    const asked = lines.question(`Fetch it under ${licence.name}? [y/N] `, { signal });
    const answer = await Promise.race([asked.catch(() => ''), closed]);
    if (/^\s*y(es)?\s*$/i.test(answer)) return;
  } finally {
    lines.close();
  }
  signal.throwIfAborted();
  throw new MmxError('fetch/declined', 'nothing was fetched');
}

async function fetchShown(
  download: Download,
  todo: readonly PlannedFile[],
  folder: string,
  flags: FetchFlags,
  network: Network,
): Promise<readonly FetchedFile[]> {
  const release = claimFolder(folder);
  const { observer, end } = showFiles(
    createProgress({ mode: progressMode(flags), noun: 'file', unit: 'MB' }),
    todo,
  );
  try {
    const options = { folder, keepArchives: flags.keepArchives === true, network, patience, observer };
    return await fetchFiles(download, todo, { ...options, storage: fetchStorage });
  } finally {
    end();
    release();
  }
}

function tell(
  download: Download,
  folder: string,
  fetched: readonly FetchedFile[],
  there: number,
  { json }: FetchFlags,
): void {
  const [corpus] = download.corpora;
  const shell = /^[\w./@:+-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;
  const next = corpus === undefined ? null : `mmx data check ${corpus} --data ${corpus}=${shell}`;
  if (json) {
    printJson({
      download: download.name,
      folder,
      licence: download.licence,
      credit: download.credit,
      fetched,
      there,
      next,
    });
    return;
  }
  for (const { name, sha256, verified } of fetched) {
    if (!verified) print(`unverified  no checksum of ${name} is known; its SHA-256 is ${sha256}`);
  }
  print(`fetched     ${fetched.length} files into ${folder}, ${there} were there`);
  print(`next        ${next ?? download.unread ?? ''}`);
}
