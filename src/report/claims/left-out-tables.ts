import { join } from 'node:path';
import { z } from 'zod';
import type { AbsentTables } from '../../evaluation/claims/judge.js';
import { type StoredKind, storedIfThere } from '../../stored-json.js';
import { visibleJson } from '../../visible.js';
import type { NamedContent } from '../files/file-set.js';

const fileName = 'left-out.json';
const schema = z.record(z.string().max(100), z.string().max(1000));
const kind: StoredKind = {
  what: 'a list of tables that were left out',
  code: 'claims/damaged',
  hint: 'the same mmx reproduce writes it anew',
  // Of a hundred tables.
  limit: 2 ** 18,
};

/** The file that tells `mmx check` why tables are absent; none where none is. */
export function renderLeftOut(leftOut: AbsentTables): readonly NamedContent[] {
  if (leftOut.size === 0) return [];
  const content = `${visibleJson(JSON.stringify(Object.fromEntries(leftOut), null, 2))}\n`;
  return [{ name: fileName, content }];
}

/**
 * What {@link renderLeftOut} wrote into a folder of results; empty where there is none.
 *
 * @throws MmxError `claims/damaged`, saying what is wrong
 */
export const readLeftOut = (directory: string): AbsentTables =>
  new Map(Object.entries(storedIfThere(join(directory, fileName), schema, kind) ?? {}));
