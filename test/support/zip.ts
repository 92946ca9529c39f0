import { deflateRawSync } from 'node:zlib';
import { tableCrc32 } from '../../src/corpora/downloads/crc32.js';

/** An entry of a ZIP archive; what is given beside name and content is written instead of the truth. */
export interface ZipEntry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly stored?: boolean;
  readonly crc32?: number;
  readonly uncompressedSize?: number;
  /** Mode of Unix with the kind of file, `0o120777` for a link; none when absent. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Lies where an earlier entry does, whose data it shares. */
  readonly sharesDataOf?: number;
}

/** A ZIP archive, as sound as its entries are. */
export function encodeZip(entries: readonly ZipEntry[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  const add = (piece: Buffer): void => {
    pieces.push(piece);
    at += piece.length;
  };
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '');
    const data = entry.stored ? content : deflateRawSync(content);
    const name = Buffer.from(entry.name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.flags ?? 0x800, 2);
    fields.writeUInt16LE(entry.method ?? (entry.stored ? 0 : 8), 4);
    fields.writeUInt16LE(0x21, 8);
    fields.writeUInt32LE(entry.crc32 ?? tableCrc32(content), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(entry.uncompressedSize ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const shared = entry.sharesDataOf === undefined ? undefined : offsets[entry.sharesDataOf];
    const offset = shared ?? at;
    offsets.push(offset);
    if (shared === undefined) {
      add(Buffer.from('PK\u0003\u0004', 'latin1'));
      add(fields);
      add(name);
      add(data);
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.from('PK\u0001\u0002', 'latin1'),
      Buffer.from([20, entry.mode === undefined ? 0 : 3]),
    );
    directory.push(fields, rest, name);
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...pieces, central, end]);
}
