import { MmxError } from '../../errors.js';
import { fileBelow } from './addresses.js';
import type { Download, WantedFile } from './description.js';
import type { ListedFile } from './zenodo.js';

/** A file to fetch, with everything known of it. */
export interface PlannedFile {
  readonly name: string;
  readonly address: string;
  /** Undefined where nothing tells it. */
  readonly bytes: number | undefined;
  /** Bytes at which it is cut off. */
  readonly mostBytes: number;
  readonly md5: string | undefined;
  readonly sha256: string | undefined;
  readonly unpack: WantedFile['unpack'];
  readonly contains: WantedFile['contains'];
}

/**
 * The files to fetch, in the order of the description.
 *
 * @param listing what the record says of its files; undefined where there is none
 * @throws MmxError `fetch/contradiction` where the listing says otherwise than the description, `fetch/listing` where it
 *   does not have a file, `cli/usage` for parts that there are not
 */
export function planFiles(
  download: Download,
  listing: readonly ListedFile[] | undefined,
  { only, mirror }: { readonly only?: readonly string[] | undefined; readonly mirror?: URL | undefined },
): readonly PlannedFile[] {
  const listed = new Map(listing?.map((one) => [one.name, one]));
  return chosenFiles(download, only).map((wanted) => {
    const found = listed.get(wanted.name);
    if (listing !== undefined && found === undefined) {
      throw new MmxError('fetch/listing', `the record ${download.more} no longer has ${wanted.name}`, {
        hint: `it has ${[...listed.keys()].slice(0, 20).join(', ')}`,
      });
    }
    if (found !== undefined) agreeing(download, wanted, found);
    const bytes = wanted.bytes ?? found?.bytes;
    return {
      name: wanted.name,
      address: mirror
        ? fileBelow(mirror, wanted.name).href
        : (wanted.address ?? found?.address ?? download.more),
      bytes,
      mostBytes: bytes ?? wanted.most_bytes,
      md5: wanted.md5 ?? found?.md5,
      sha256: wanted.sha256,
      unpack: wanted.unpack,
      contains: wanted.contains,
    };
  });
}

/** Parts that `--only` may name. */
export const partsOf = ({ files }: Download): readonly string[] =>
  files.flatMap(({ part }) => (part === undefined ? [] : [part]));

/** @throws MmxError `cli/usage` for parts that there are not */
export function checkOnly(download: Download, only: readonly string[] | undefined): void {
  if (only === undefined) return;
  const parts = partsOf(download);
  const unknown = only.find((part) => !parts.includes(part));
  if (unknown !== undefined || only.length === 0) {
    throw new MmxError('cli/usage', `${download.name} has no part '${unknown ?? ''}'`, {
      exitCode: 2,
      hint:
        parts.length === 0
          ? 'leave out --only: the corpus is fetched as a whole'
          : `its parts are ${parts.join(', ')}`,
    });
  }
}

function chosenFiles(download: Download, only: readonly string[] | undefined): readonly WantedFile[] {
  checkOnly(download, only);
  if (only === undefined) return download.files;
  return download.files.filter(({ part }) => part === undefined || only.includes(part));
}

/** @throws MmxError `fetch/contradiction` */
function agreeing(download: Download, wanted: WantedFile, found: ListedFile): void {
  const differing = (
    [
      ['md5', wanted.md5, found.md5],
      ['size', wanted.bytes, found.bytes],
    ] as const
  ).find(([, pinned, said]) => pinned !== undefined && pinned !== said);
  if (differing === undefined) return;
  const [what, pinned, said] = differing;
  throw new MmxError(
    'fetch/contradiction',
    `${wanted.name} of ${download.name}: the listing of ${download.more} gives the ${what} ${said}, but mmx expects ${pinned}`,
    { hint: 'nothing was fetched: the file has changed, or the answer is not the record; please report it' },
  );
}
