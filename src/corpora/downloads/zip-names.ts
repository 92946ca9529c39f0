/** An entry of an archive, as far as its place is concerned. */
export interface NamedEntry {
  readonly fileName: string;
  readonly externalFileAttributes: number;
}

const mostNameBytes = 255;
const mostPathBytes = 1000;
const mostDepth = 8;

/** Names that Windows gives to devices, whatever their ending. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Control characters, and what Windows takes for drives, streams or patterns. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const forbidden = /[\u0000-\u001f\u007f<>:"|?*\\]/;

/** Why an entry must not be unpacked, as the end of a sentence that begins with its name; undefined where it may. */
export function objectionTo({ fileName, externalFileAttributes }: NamedEntry): string | undefined {
  const segments = fileName.replace(/\/$/, '').split('/');
  if (fileName.startsWith('/')) return 'is an absolute path';
  if (segments.some((one) => one === '' || one === '.' || one === '..')) return 'points outside the folder';
  if (forbidden.test(fileName)) return 'contains a character that file names must not contain';
  if (segments.some((one) => device.test(one) || /[. ]$/.test(one))) {
    return 'is a name that some systems interpret differently';
  }
  if (segments.length > mostDepth) return `lies more than ${mostDepth} folders deep`;
  if (
    segments.some((one) => Buffer.byteLength(one) > mostNameBytes) ||
    Buffer.byteLength(fileName) > mostPathBytes
  ) {
    return 'is too long';
  }
  // The upper half is the mode of Unix, with the kind of file in its upper four bits; 0 where it is not told.
  const kind = (externalFileAttributes >>> 28) & 0xf;
  const expected = isFolder({ fileName }) ? 0x4 : 0x8;
  if (kind !== 0 && kind !== expected) return kind === 0xa ? 'is a symbolic link' : 'is not a plain file';
  return undefined;
}

export const isFolder = ({ fileName }: Pick<NamedEntry, 'fileName'>): boolean => fileName.endsWith('/');

/** What operating systems leave behind; it is not unpacked. */
export const isLitter = (fileName: string): boolean =>
  /^__MACOSX\//.test(fileName) || /(^|\/)(\._[^/]*|\.DS_Store|Thumbs\.db)$/i.test(fileName);

/**
 * Two entries that would be one file on a system that does not tell upper from lower case, or where one is a file and
 * a folder of the other; undefined where there are none.
 */
export function collision(paths: readonly string[]): readonly [string, string] | undefined {
  const folded = (path: string): string => path.normalize('NFC').toLowerCase();
  const files = new Map<string, string>();
  for (const path of paths) {
    const other = files.get(folded(path));
    if (other !== undefined) return [other, path];
    files.set(folded(path), path);
  }
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const other = files.get(folded(path.slice(0, at)));
      if (other !== undefined) return [other, path];
    }
  }
  return undefined;
}

/**
 * Paths below the folder of the corpus. Archives hold the folder that their files belong into, or do not; it is there once
 * either way.
 *
 * @param into that folder, `.` for none
 */
export function placed(paths: readonly string[], into: string): readonly string[] {
  if (into === '.' || paths.every((path) => path.startsWith(`${into}/`))) return paths;
  return paths.map((path) => `${into}/${path}`);
}

/** Why the content of an archive is not what it should be; undefined where it is. */
export function missingContent(
  paths: readonly string[],
  contains: { readonly ending: string; readonly count: number } | undefined,
): string | undefined {
  if (contains === undefined) return undefined;
  const { ending, count } = contains;
  const found = paths.filter((path) => path.toLowerCase().endsWith(ending)).length;
  return found === count ? undefined : `it holds ${found} files *${ending}; ${count} are expected`;
}
