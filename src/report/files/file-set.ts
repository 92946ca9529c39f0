import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { MmxError } from '../../errors.js';
import { manifestText, type RunManifest } from '../../pipeline/runs/manifest.js';
import { readPlainFile, UnreadFile } from '../../read-file.js';
import { readStored } from '../../stored-json.js';
import { commandText } from '../text/shell.js';

/** A file of results, as it is written. */
export interface NamedContent {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export const manifestName = 'manifest.json';

/** Bytes that a file of results may have to be compared with its checksum; those of the largest tables have one MB. */
const mostBytes = 2 ** 26;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** No path: a manifest of others can name nothing outside its folder. */
const fileName = z.string().regex(/^[^/\\\0]+$/);
const recorded = z.looseObject({
  command: z.array(z.string()),
  files: z.record(fileName, sha256),
});

/**
 * The manifest that goes into the folder of a run, with the checksums of the files that go there with it. It is the last
 * to be replaced, and what programs read the first: a run that is killed in between leaves a `.json` that is not the one
 * recorded, which `refuseMixed` finds.
 */
export function manifestOfSet(
  manifest: RunManifest<unknown>,
  contents: readonly NamedContent[],
): NamedContent {
  return { name: manifestName, content: manifestText({ ...manifest, files: checksumsOf(contents) }) };
}

/**
 * The manifest of a folder once some of the files that it records are written again on their own, as `mmx check --out`
 * does. Undefined where it records none of them.
 */
export function manifestAfter(
  directory: string,
  contents: readonly NamedContent[],
): NamedContent | undefined {
  const manifest = recordIn(directory);
  if (manifest === undefined || !contents.some(({ name }) => name in manifest.files)) return undefined;
  const fresh = checksumsOf(contents.filter(({ name }) => name in manifest.files));
  const files = { ...manifest.files, ...fresh };
  return { name: manifestName, content: manifestText({ ...manifest, files }) };
}

/**
 * Refuses a folder of results in which files of several runs lie side by side. Only what programs read is compared:
 * people may write their own words into `table.md`. Folders without checksums, by an older mmx or without a manifest
 * that can be read, are left to those who read them.
 *
 * @throws MmxError `results/mixed` naming the file and the command that writes all of them anew
 */
export function refuseMixed(directory: string): void {
  const manifest = recordIn(directory);
  if (manifest === undefined) return;
  for (const [name, checksum] of Object.entries(manifest.files)) {
    if (!name.endsWith('.json')) continue;
    const path = join(directory, name);
    let bytes: Buffer;
    try {
      bytes = readPlainFile(path, mostBytes);
    } catch (error) {
      if (error instanceof UnreadFile) continue;
      throw error;
    }
    if (checksumOf(bytes) === checksum || checksumOf(withLineFeeds(bytes)) === checksum) continue;
    const record = join(directory, manifestName);
    throw new MmxError(
      'results/mixed',
      `${path} does not have the checksum that ${record} records: a run was killed while it wrote the files, or a file was changed.`,
      { hint: `Write them again with: ${commandText(manifest.command)}` },
    );
  }
}

/** Undefined where no checksums are recorded, or none can be read: whoever needs the manifest says what is wrong with it. */
function recordIn(directory: string): z.infer<typeof recorded> | undefined {
  try {
    return readStored(join(directory, manifestName), recorded, {
      what: 'a run manifest with checksums',
      code: 'pipeline/manifest',
      limit: mostBytes,
    });
  } catch (error) {
    if (error instanceof UnreadFile || error instanceof MmxError) return undefined;
    throw error;
  }
}

const checksumOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** As mmx writes lines; version control may write them otherwise. */
const withLineFeeds = (text: Buffer): Buffer =>
  Buffer.from(text.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');

const checksumsOf = (contents: readonly NamedContent[]): Record<string, string> =>
  Object.fromEntries(contents.map(({ name, content }) => [name, checksumOf(content)]));
