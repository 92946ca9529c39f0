import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A new empty folder and a function that writes files into it, folders included. */
export function scratchFolder(): {
  readonly path: string;
  readonly write: (name: string, content: Uint8Array | string) => string;
} {
  const path = mkdtempSync(join(tmpdir(), 'mmx-corpus-'));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
  };
}

/** Folder of real recordings beside the project; not part of it. */
export const realData = join(import.meta.dirname, '../../../../shared/data');
