import type { Download } from '../../../../corpora/downloads/description.js';
import type { PlannedFile } from '../../../../corpora/downloads/plan.js';
import { MmxError } from '../../../../errors.js';
import { formatBytes, freeBytes } from '../../../../pipeline/store/files.js';
import { labelled } from '../../../output.js';

/** Disk that fetching takes, in bytes. */
export interface DiskNeeds {
  readonly needed: number;
  /** Undefined where the system does not tell. */
  readonly free: number | undefined;
  /** Files whose size nothing tells; they are not in `needed`. */
  readonly unknown: number;
}

/**
 * Archives of sound and movies unpack to about their size, and are deleted one after the other unless they are kept. How
 * much one really unpacks to is in it, and is compared with the free space before it is unpacked.
 */
export function diskNeeds(files: readonly PlannedFile[], keepArchives: boolean, folder: string): DiskNeeds {
  const sizes = files.map(({ bytes }) => bytes ?? 0);
  const archives = files.flatMap(({ bytes = 0, unpack }) => (unpack === undefined ? [] : [bytes]));
  const sum = (of: readonly number[]): number => of.reduce((before, one) => before + one, 0);
  return {
    needed: sum(sizes) + (keepArchives ? sum(archives) : Math.max(0, ...archives)),
    free: freeBytes(folder),
    unknown: files.filter(({ bytes }) => bytes === undefined).length,
  };
}

/** @throws MmxError `fetch/no-space` */
export function checkDisk({ needed, free }: DiskNeeds, folder: string): void {
  if (free === undefined || needed <= free) return;
  throw new MmxError(
    'fetch/no-space',
    `${folder} needs about ${formatBytes(needed)}, and ${formatBytes(free)} are free there`,
    { hint: 'make room, name another place (--out DIR), or fetch a part of it (--only)' },
  );
}

/** What a user must know before anything is fetched. */
export const licenceLines = ({ name, title, licence, credit, more }: Download): readonly string[] => [
  `${name}: ${title}`,
  `licence  ${licence.name}, ${licence.address}`,
  `credit   ${credit}`,
  `more     ${more}`,
];

export function planLines(
  { corpora, unread }: Download,
  files: readonly PlannedFile[],
  todo: readonly PlannedFile[],
  folder: string,
  needs: DiskNeeds,
): readonly string[] {
  const names = Math.max(...files.map(({ name }) => name.length));
  const sizes = files.map(({ bytes }) => (bytes === undefined ? 'size unknown' : formatBytes(bytes)));
  const width = Math.max(...sizes.map((size) => size.length));
  const lines = files.map((file, index) => {
    const isThere = todo.includes(file) ? '' : '  (there)';
    return `${file.name.padEnd(names)}  ${(sizes[index] ?? '').padStart(width)}  ${file.address}${isThere}`;
  });
  const free = needs.free === undefined ? '' : `, ${formatBytes(needs.free)} free`;
  return [
    `reads    ${corpora.length > 0 ? `as ${corpora.join(', ')}` : unread}`,
    ...labelled('files    ', lines),
    `into     ${folder}`,
    `disk     ${neededText(needs)}${free}`,
  ];
}

function neededText({ needed, unknown }: DiskNeeds): string {
  const known = `about ${formatBytes(needed)} needed`;
  if (unknown === 0) return known;
  const rest = `${unknown} ${unknown === 1 ? 'file' : 'files'} of unknown size`;
  return needed === 0 ? rest : `${known}, and ${rest}`;
}

/** What `--dry-run --json` prints. */
export function planJson(
  { name, title, licence, credit, more, corpora }: Download,
  files: readonly PlannedFile[],
  todo: readonly PlannedFile[],
  folder: string,
  needs: DiskNeeds,
) {
  return {
    ...{ download: name, title, licence, credit, more, corpora, folder },
    files: files.map((file) => ({
      name: file.name,
      address: file.address,
      bytes: file.bytes ?? null,
      md5: file.md5 ?? null,
      sha256: file.sha256 ?? null,
      there: !todo.includes(file),
    })),
    disk: { needed: needs.needed, free: needs.free ?? null, unknown: needs.unknown },
  };
}
