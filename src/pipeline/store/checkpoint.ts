import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MmxError } from '../../errors.js';
import { encodeSafetensors, readSafetensors } from '../../formats/safetensors.js';
import { canonicalJson, type Json } from '../../json.js';
import { readPlainFile, UnreadFile } from '../../read-file.js';
import { assertJson } from '../graph/identity.js';
import type { Artifact, Checkpointer } from '../graph/stage.js';
import { fileError, namesIn, removeLitter, replaceFile } from './files.js';

export const defaultCheckpointSeconds = 30;

/**
 * Thrown out of a stage by `offer` when the run has been asked to stop: its state is on the disk (or could not be
 * written, and a warning says so).
 */
export class StageInterrupted extends Error {
  constructor() {
    super('the stage was interrupted');
    this.name = 'StageInterrupted';
  }
}

export interface CheckpointOptions {
  /** Wall-clock seconds between the end of one snapshot and the next; 0 takes every one that is offered. */
  readonly intervalSeconds?: number;
  /** Asked at every offer; true takes a last snapshot and ends the stage. */
  readonly shouldStop?: () => boolean;
  /** Told of checkpoints that cannot be read or written: neither ends a stage. */
  readonly warn?: (message: string) => void;
}

const magic = Buffer.from('MMXCKPT1');
const headBytes = magic.byteLength + 32;
const slots = ['a.checkpoint', 'b.checkpoint'] as const;

interface Snapshot {
  readonly sequence: number;
  readonly state: Artifact;
}

/**
 * Snapshots of one running stage in `<directory>/<hash>/`: two files written in turn, each replaced in one step, so
 * that a damaged one leaves its predecessor. A file is `MMXCKPT1`, the SHA-256 of the rest, and a safetensors file
 * whose metadata holds the sequence number and the JSON part.
 */
export class StageCheckpointer implements Checkpointer {
  readonly #directory: string;
  readonly #hash: string;
  readonly #interval: number;
  readonly #shouldStop: () => boolean;
  readonly #warn: (message: string) => void;
  #sequence = 0;
  #slot = 0;
  #last = performance.now();
  #writable = true;

  constructor(directory: string, hash: string, options: CheckpointOptions = {}) {
    this.#directory = join(directory, hash);
    this.#hash = hash;
    this.#interval = (options.intervalSeconds ?? defaultCheckpointSeconds) * 1000;
    this.#shouldStop = options.shouldStop ?? (() => false);
    this.#warn = options.warn ?? (() => {});
  }

  load(): Artifact | undefined {
    let newest: Snapshot | undefined;
    for (const [index, slot] of slots.entries()) {
      const path = join(this.#directory, slot);
      let snapshot: Snapshot | undefined;
      try {
        snapshot = this.#read(path);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#warn(`The checkpoint ${path} is damaged and was ignored: ${reason}`);
        continue;
      }
      if (snapshot === undefined || (newest !== undefined && snapshot.sequence <= newest.sequence)) continue;
      newest = snapshot;
      this.#sequence = snapshot.sequence;
      this.#slot = 1 - index;
    }
    this.#last = performance.now();
    return newest?.state;
  }

  offer(take: () => Artifact): void {
    const stopping = this.#shouldStop();
    if (stopping || (this.#writable && performance.now() - this.#last >= this.#interval)) {
      this.#write(take());
      this.#last = performance.now();
    }
    if (stopping) throw new StageInterrupted();
  }

  /** Called once the stage's artifact is stored. */
  remove(): void {
    try {
      // Another run of the same stage may be writing there.
      rmSync(this.#directory, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      this.#warn(fileError(error, this.#directory).message);
    }
  }

  #write(state: Artifact): void {
    assertJson(state.json, 'the state of a checkpoint');
    const body = encodeSafetensors(state.tensors, {
      hash: this.#hash,
      json: canonicalJson(state.json),
      sequence: String(this.#sequence + 1),
    });
    const digest = createHash('sha256');
    for (const chunk of body) digest.update(chunk);
    const path = join(this.#directory, slots[this.#slot] as string);
    try {
      replaceFile(path, [magic, digest.digest(), ...body]);
    } catch (error) {
      // Training is worth more than its checkpoints: it goes on, and the user knows what an interruption costs.
      const { message } = error as MmxError;
      this.#warn(`${message} The stage continues without checkpoints.`);
      this.#writable = false;
      return;
    }
    this.#sequence += 1;
    this.#slot = 1 - this.#slot;
  }

  #read(path: string): Snapshot | undefined {
    let bytes: Buffer;
    try {
      bytes = readPlainFile(path, constants.MAX_LENGTH - 1);
    } catch (error) {
      if (!(error instanceof UnreadFile)) throw error;
      if (error.reason === 'missing') return undefined;
      throw new Error(`${error.message}.`, { cause: error });
    }
    if (!bytes.subarray(0, magic.byteLength).equals(magic)) throw new Error('it is not a checkpoint.');
    const body = bytes.subarray(headBytes);
    const digest = createHash('sha256').update(body).digest();
    if (!digest.equals(bytes.subarray(magic.byteLength, headBytes))) throw new Error('its checksum differs.');
    const { tensors, metadata } = readSafetensors(body, path);
    if (metadata.hash !== this.#hash) throw new Error('it belongs to another stage.');
    if (!/^\d{1,15}$/.test(metadata.sequence ?? '')) throw new Error('it has no number.');
    return {
      sequence: Number(metadata.sequence),
      state: { tensors, json: JSON.parse(metadata.json ?? 'null') as Json },
    };
  }
}

/** Hashes of the stages that have a checkpoint, with the bytes they take. */
export function listCheckpoints(directory: string): { hash: string; bytes: number }[] {
  const found: { hash: string; bytes: number }[] = [];
  for (const hash of namesIn(directory)) {
    const files = namesIn(join(directory, hash));
    const sizes = files.map(
      (name) => statSync(join(directory, hash, name), { throwIfNoEntry: false })?.size ?? 0,
    );
    found.push({ hash, bytes: sizes.reduce((sum, size) => sum + size, 0) });
  }
  return found.sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

/** Removes the checkpoints of stages whose artifact exists: their process ended between the two steps. */
export function sweepCheckpoints(directory: string, isStored: (hash: string) => boolean): void {
  for (const hash of namesIn(directory)) {
    if (isStored(hash)) removeLitter(join(directory, hash));
  }
}
