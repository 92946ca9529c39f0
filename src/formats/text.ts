import { readPlainFile } from '../read-file.js';

/** Makes the error about a text that is not usable; `problem` ends a sentence that begins with the file. */
export type TextFailure = (problem: string, hint?: string) => Error;

/**
 * The text of a file in UTF-8, with or without a byte order mark, which is left out.
 *
 * @param limit bytes the file may have
 * @throws UnreadFile when it cannot be read; what `unusable` makes of a file in another encoding, or that is no text
 */
export function readUtf8(file: string, limit: number, unusable: TextFailure): string {
  const bytes = readPlainFile(file, limit);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw unusable('it is encoded in UTF-16', 'save it again as UTF-8');
  }
  if (bytes.includes(0)) {
    throw unusable('it is not text: it holds zero bytes', 'if it is text in UTF-16, save it again as UTF-8');
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** The number of the first line, from 1, with bytes that are no UTF-8; null when there is none. */
export function lineNotUtf8(text: string): number | null {
  const at = text.indexOf('\uFFFD');
  return at < 0 ? null : text.slice(0, at).split(/\r\n|\r|\n/).length;
}
