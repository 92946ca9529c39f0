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
  return decodeUtf8(readPlainFile(file, limit), unusable);
}

function decodeUtf8(bytes: Buffer, unusable: TextFailure): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw unusable('it is encoded in UTF-16', 'save it again as UTF-8');
  }
  if (bytes.includes(0)) {
    throw unusable('it is not text: it holds zero bytes', 'if it is text in UTF-16, save it again as UTF-8');
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/**
 * As {@link readUtf8}, of a file that may also be in UTF-16 with a byte order mark.
 *
 * @param limit bytes the file may have
 * @throws UnreadFile when it cannot be read; what `unusable` makes of a file in another encoding, or that is no text
 */
export function readUnicode(file: string, limit: number, unusable: TextFailure): string {
  return decodeUnicode(readPlainFile(file, limit), unusable);
}

/** Decodes what {@link readUnicode} reads. */
export function decodeUnicode(bytes: Buffer, unusable: TextFailure): string {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark === 0xfffe || mark === 0xfeff) {
    if (bytes.length % 2 !== 0) throw unusable('it is UTF-16 that ends within a character');
    // Node decodes little-endian only.
    const little = mark === 0xfffe ? bytes : Buffer.from(bytes).swap16();
    return little.toString('utf16le').replace(/^\uFEFF/, '');
  }
  const text = decodeUtf8(bytes, unusable);
  const line = lineNotUtf8(text);
  if (line !== null) throw unusable(`line ${line} is not UTF-8`, 'save it again as UTF-8');
  return text;
}

/** The number of the first line, from 1, with bytes that are no UTF-8; null when there is none. */
export function lineNotUtf8(text: string): number | null {
  const at = text.indexOf('\uFFFD');
  return at < 0 ? null : text.slice(0, at).split(/\r\n|\r|\n/).length;
}
