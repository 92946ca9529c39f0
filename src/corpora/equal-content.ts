import { createHash } from 'node:crypto';
import { hashPlainFile, readPlainHead, statusOf, UnreadFile } from '../read-file.js';

/** Bytes that tell most files of equal size apart. */
const HEAD_BYTES = 65_536;

/**
 * Groups lists of files by what the files hold, as far as it takes: whether two files are equal is found out by their
 * sizes, then by their beginnings, then by hashes of their content. Files that are
 * empty or cannot be read equal no others.
 *
 * @param items what is grouped; those with the same paths have to be one item
 * @param isWanted whether a group could matter; of others nothing more is read
 * @returns the wanted groups
 */
export function groupsOfEqualContent<Item extends { readonly files: readonly string[] }>(
  items: readonly Item[],
  isWanted: (group: readonly Item[]) => boolean,
): readonly (readonly Item[])[] {
  let groups: readonly (readonly Item[])[] = [items].filter(isWanted);
  for (const keyOf of [sizeOf, headOf, hashPlainFile]) {
    groups = groups.flatMap((group) => (group.length === 1 ? [group] : split(group, keyOf))).filter(isWanted);
  }
  return groups;
}

function split<Item extends { readonly files: readonly string[] }>(
  group: readonly Item[],
  keyOf: (file: string) => string,
): readonly (readonly Item[])[] {
  const found = new Map<string, Item[]>();
  for (const item of group) {
    const key = item.files.map((file) => orOwn(file, keyOf)).join('\n');
    const same = found.get(key);
    if (same === undefined) found.set(key, [item]);
    else same.push(item);
  }
  return [...found.values()];
}

const sizeOf = (file: string): string => String(statusOf(file)?.size || file);
const headOf = (file: string): string =>
  createHash('sha256').update(readPlainHead(file, HEAD_BYTES)).digest('hex');

function orOwn(file: string, keyOf: (file: string) => string): string {
  try {
    return keyOf(file);
  } catch (error) {
    if (error instanceof UnreadFile) return file;
    throw error;
  }
}
