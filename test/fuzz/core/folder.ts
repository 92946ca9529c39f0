import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Entry } from './target.js';

/** In memory where the system has such a place: a million inputs are many files. */
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** An empty folder that inputs are put into, one after the other. */
export class InputFolder {
  readonly path = mkdtempSync(join(parent, 'mmx-fuzz-'));
  readonly #pipe = join(this.path, '..', `${this.path.split(/[\\/]/).at(-1)}-pipe`);
  #there: ReadonlyMap<string, Entry> = new Map();

  constructor() {
    // A pipe cannot be made without a program; the inputs are given links to one.
    if (process.platform !== 'win32') execFileSync('mkfifo', [this.#pipe]);
  }

  /** Leaves exactly these files, whatever the run before has left. */
  put(files: ReadonlyMap<string, Entry>): void {
    for (const [name, entry] of this.#there) {
      if (files.get(name) !== entry) rmSync(join(this.path, name), { recursive: true, force: true });
    }
    for (const [name, entry] of files) if (this.#there.get(name) !== entry) this.#make(name, entry);
    this.#there = new Map(files);
  }

  /** Removes whatever a run has written beside its input. */
  clear(): void {
    for (const name of readdirSync(this.path))
      rmSync(join(this.path, name), { recursive: true, force: true });
    this.#there = new Map();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    rmSync(this.#pipe, { force: true });
  }

  #make(name: string, entry: Entry): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    if (entry === 'directory') mkdirSync(path);
    else if (entry === 'pipe') linkSync(this.#pipe, path);
    else if (entry === 'circle') symlinkSync(name.split('/').at(-1) ?? name, path);
    else writeFileSync(path, entry);
  }
}
