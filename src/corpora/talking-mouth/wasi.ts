import { readSection, sectionId } from '../../engine/wasm/sections.js';

/**
 * As much of WASI preview 1 as a program needs that reads nothing and writes files: its directory `/` lies in
 * memory, the clock stands still. So a run touches no disk, is a function of its arguments alone, and does
 * without Node's own `node:wasi`, which warns of being experimental.
 */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the program left in `/`, by path without the leading slash. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const errno = { success: 0, badFile: 8, noEntry: 44 } as const;
const fileType = { characterDevice: 2, directory: 3, regularFile: 4 } as const;
const directory = { descriptor: 3, name: new TextEncoder().encode('/') } as const;
const createFlag = 1;
/** `i32.const`, which says where a segment lies. */
const constantInstruction = 0x41;

class ProgramExit extends Error {
  constructor(readonly code: number) {
    super(`the program ended with code ${code}`);
  }
}

/** Bytes that grow as they are written; what lies between is zero. */
class MemoryFile {
  position = 0;
  private bytes = new Uint8Array(1 << 16);
  private length = 0;

  write(chunk: Uint8Array): void {
    const end = this.position + chunk.length;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(chunk, this.position);
    this.position = end;
    this.length = Math.max(this.length, end);
  }

  seek(offset: number, whence: number): number {
    const base = whence === 0 ? 0 : whence === 1 ? this.position : this.length;
    this.position = Math.max(0, base + offset);
    return this.position;
  }

  content(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/**
 * Runs a program to its end.
 *
 * @param argv the program's name and its arguments
 * @throws Error when the program traps
 */
export type Command = (argv: readonly string[]) => CommandResult;

/**
 * A WASI command that can be run any number of times, each time as if for the first. To write a program's memory over,
 * but for its constants, is far cheaper than to instantiate one that holds megabytes of them. What else it keeps is the
 * stack pointer, which is back where it was when the program returns; after a run that ends in another way the next has
 * a new instance.
 *
 * @param binary the program as a linker of C wrote it
 */
export function openCommand(binary: Uint8Array): Command {
  const program = new WebAssembly.Module(binary);
  const constants = endOfConstants(binary);
  let initial: Uint8Array | undefined;
  let kept: Instance | undefined;
  return (argv) => {
    const instance = kept ?? instantiate(program);
    kept = undefined;
    const memory = new Uint8Array(instance.memory.buffer);
    initial ??= memory.slice(constants);
    memory.set(initial, constants);
    memory.fill(0, constants + initial.length);
    const { returned, ...result } = instance.run(argv);
    if (returned) kept = instance;
    return result;
  };
}

/**
 * Bytes at the beginning of a program's memory that it does not write to. LLVM's linker lays out what is constant
 * (`.rodata`) before what has a first value (`.data`), each in one segment; 0 when there are not the two.
 */
export function endOfConstants(binary: Uint8Array): number {
  const segments = readSection(binary, sectionId.data);
  if (segments === undefined || segments.number() < 2) return 0;
  const [flags, instruction] = [segments.number(), segments.byte()];
  if (flags !== 0 || instruction !== constantInstruction) return 0;
  const offset = segments.number();
  segments.byte(); // The end of the expression.
  return offset + segments.number();
}

/** What a run was called with and has written so far. */
class Run {
  readonly argv: readonly Uint8Array[];
  readonly stdout = new MemoryFile();
  readonly stderr = new MemoryFile();
  readonly named = new Map<string, MemoryFile>();
  readonly opened = new Map([
    [1, this.stdout],
    [2, this.stderr],
  ]);
  nextDescriptor = directory.descriptor + 1;

  constructor(argv: readonly string[]) {
    this.argv = argv.map((argument) => new TextEncoder().encode(`${argument}\0`));
  }
}

interface Instance {
  readonly memory: WebAssembly.Memory;
  run(argv: readonly string[]): CommandResult & { readonly returned: boolean };
}

function instantiate(program: WebAssembly.Module): Instance {
  let current = new Run([]);
  let memory: WebAssembly.Memory | undefined;

  // The memory may grow, and its buffer be replaced, between any two calls.
  const buffer = (): ArrayBufferLike => {
    if (memory === undefined) throw new Error('the program called its host before it had memory');
    return memory.buffer;
  };
  const view = (): DataView => new DataView(buffer());
  const bytes = (offset: number, length: number): Uint8Array => new Uint8Array(buffer(), offset, length);
  const setWord = (offset: number, value: number): void => view().setUint32(offset, value, true);
  const setLong = (offset: number, value: number): void => view().setBigUint64(offset, BigInt(value), true);

  const system = {
    args_sizes_get(count: number, size: number): number {
      setWord(count, current.argv.length);
      setWord(
        size,
        current.argv.reduce((sum, argument) => sum + argument.length, 0),
      );
      return errno.success;
    },
    args_get(pointers: number, strings: number): number {
      let offset = strings;
      current.argv.forEach((argument, index) => {
        setWord(pointers + 4 * index, offset);
        bytes(offset, argument.length).set(argument);
        offset += argument.length;
      });
      return errno.success;
    },
    clock_time_get(_clock: number, _precision: bigint, time: number): number {
      setLong(time, 0);
      return errno.success;
    },
    fd_prestat_get(descriptor: number, out: number): number {
      if (descriptor !== directory.descriptor) return errno.badFile;
      setWord(out, 0);
      setWord(out + 4, directory.name.length);
      return errno.success;
    },
    fd_prestat_dir_name(descriptor: number, path: number, length: number): number {
      if (descriptor !== directory.descriptor) return errno.badFile;
      bytes(path, length).set(directory.name.subarray(0, length));
      return errno.success;
    },
    fd_fdstat_get(descriptor: number, out: number): number {
      bytes(out, 24).fill(0);
      const isDirectory = descriptor === directory.descriptor;
      if (!isDirectory && descriptor !== 0 && !current.opened.has(descriptor)) return errno.badFile;
      const standard = descriptor < directory.descriptor;
      view().setUint8(
        out,
        isDirectory ? fileType.directory : standard ? fileType.characterDevice : fileType.regularFile,
      );
      // Every right: the library asks before it opens and seeks.
      bytes(out + 8, 16).fill(0xff);
      return errno.success;
    },
    fd_fdstat_set_flags: (): number => errno.success,
    path_open(
      _directory: number,
      _lookup: number,
      path: number,
      length: number,
      openFlags: number,
      _rights: bigint,
      _inherited: bigint,
      _flags: number,
      out: number,
    ): number {
      if ((openFlags & createFlag) === 0) return errno.noEntry;
      const file = new MemoryFile();
      current.named.set(new TextDecoder().decode(bytes(path, length)), file);
      current.opened.set(current.nextDescriptor, file);
      setWord(out, current.nextDescriptor++);
      return errno.success;
    },
    fd_write(descriptor: number, vectors: number, count: number, written: number): number {
      const file = current.opened.get(descriptor);
      if (file === undefined) return errno.badFile;
      let total = 0;
      for (let index = 0; index < count; index++) {
        const start = view().getUint32(vectors + 8 * index, true);
        const length = view().getUint32(vectors + 8 * index + 4, true);
        file.write(bytes(start, length));
        total += length;
      }
      setWord(written, total);
      return errno.success;
    },
    fd_read(_descriptor: number, _vectors: number, _count: number, read: number): number {
      setWord(read, 0);
      return errno.success;
    },
    fd_seek(descriptor: number, offset: bigint, whence: number, out: number): number {
      const file = current.opened.get(descriptor);
      if (file === undefined) return errno.badFile;
      setLong(out, file.seek(Number(offset), whence));
      return errno.success;
    },
    fd_close(descriptor: number): number {
      return current.opened.delete(descriptor) ? errno.success : errno.badFile;
    },
    proc_exit(code: number): never {
      throw new ProgramExit(code);
    },
  };

  const { exports } = new WebAssembly.Instance(program, { wasi_snapshot_preview1: system });
  const owned = exports.memory as WebAssembly.Memory;
  const start = exports._start as () => void;
  memory = owned;
  const text = (file: MemoryFile): string => new TextDecoder().decode(file.content());
  return {
    memory: owned,
    run(argv) {
      current = new Run(argv);
      let exitCode: number | undefined;
      try {
        start();
      } catch (error) {
        if (!(error instanceof ProgramExit)) throw error;
        exitCode = error.code;
      }
      return {
        returned: exitCode === undefined,
        exitCode: exitCode ?? 0,
        stdout: text(current.stdout),
        stderr: text(current.stderr),
        files: new Map([...current.named].map(([path, file]) => [path, file.content()])),
      };
    },
  };
}
