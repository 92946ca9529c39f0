import { isUtf8 } from 'node:buffer';
import { readPlainFile, UnreadFile } from '../read-file.js';
import { visible } from '../visible.js';
import { mostBytes } from './limits.js';
import type { Problems } from './problems.js';
import type { Place, Source } from './tree.js';

/**
 * Reads a file that must be UTF-8 text.
 *
 * @param asked where another file names this one; undefined for the file the user named
 * @returns undefined after adding the problem
 */
export function readSource(file: string, asked: Place | undefined, problems: Problems): Source | undefined {
  const fail = (code: string, sentence: string) => {
    // Told where the file is named; a file the user named has no such place, and the sentence begins with it.
    const name = visible(file);
    problems.addFatal(code, asked, asked ? `the file ${name} ${sentence}` : `${name}: the file ${sentence}`);
    return undefined;
  };
  let bytes: Buffer;
  try {
    bytes = readPlainFile(file, mostBytes);
  } catch (error) {
    if (!(error instanceof UnreadFile)) throw error;
    return fail(...unreadable(error));
  }
  if (!isUtf8(bytes)) return fail('config/not-utf8', `is not UTF-8 text (line ${badLine(bytes)})`);
  const text = new TextDecoder().decode(bytes);
  return { kind: 'file', name: file, text, ...(asked ? { reached: true } : {}) };
}

function unreadable({ reason, message }: UnreadFile): [code: string, sentence: string] {
  switch (reason) {
    case 'missing':
      return ['config/missing-file', 'does not exist'];
    case 'directory':
      return ['config/unreadable', 'is a directory; name a YAML file in it'];
    case 'not-plain':
      return ['config/unreadable', 'is not a plain file'];
    case 'denied':
      return ['config/unreadable', 'cannot be read: permission denied'];
    case 'too-large':
      return ['config/too-large', 'is larger than 1 MiB, the most that a config may have'];
    default:
      return ['config/unreadable', `cannot be read: ${message}`];
  }
}

/** The first line, from 1, that is not UTF-8. */
function badLine(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline < 0 || !isUtf8(bytes.subarray(start, newline))) return line;
    start = newline + 1;
  }
}
