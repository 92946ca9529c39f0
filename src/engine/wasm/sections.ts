/** Ids of sections of a WebAssembly module (core specification 5.5.2). */
export const sectionId = { memory: 5, data: 11 } as const;

const header = 8;

/** Reads the binary form of a WebAssembly module from a place on. */
export class ModuleReader {
  constructor(
    readonly module: Uint8Array,
    public position = header,
  ) {}

  byte(): number {
    return this.module[this.position++] ?? 0;
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0;
    for (let shift = 0; this.position < this.module.length; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    return value;
  }
}

/** A reader at the content of a section; undefined when the module has none of its kind. */
export function readSection(
  module: Uint8Array,
  id: (typeof sectionId)[keyof typeof sectionId],
): ModuleReader | undefined {
  const reader = new ModuleReader(module);
  while (reader.position < module.length) {
    const section = reader.byte();
    const size = reader.number();
    if (section === id) return reader;
    reader.position += size;
  }
  return undefined;
}
