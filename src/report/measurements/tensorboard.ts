import { join } from 'node:path';
import { fileVersionRecord, scalarRecord } from '../../formats/tfevents.js';
import { withoutSeed } from '../../pipeline/evidence/curves.js';
import type { MeasuredStage, Series } from '../../pipeline/evidence/measurements.js';

/** What of a stage its tags and files are named by. */
export type TaggedStage = Pick<MeasuredStage, 'hash' | 'kind' | 'label' | 'seed' | 'cells'>;

/**
 * The event files of one run: a folder a seed, in which models of all seeds have the same tags, so that TensorBoard draws the
 * seeds over each other. A tag is the label of the stage, of a score in one cell of a table `ROW/COLUMN`, and the metric.
 */
export class TensorboardEvents {
  readonly #append: (file: string, bytes: Uint8Array) => void;
  readonly #started: number;
  readonly #begun = new Set<string>();
  /** Which stage has a tag; stages of one label that differ in their parameters get tags of their own. */
  readonly #owners = new Map<string, string>();
  readonly #written = new Map<string, Set<number>>();

  /**
   * @param started when the run began, in seconds since 1970: files of one run have the same names whenever they are written
   * @param append puts bytes at the end of a file, a path within the folder of the run
   */
  constructor(started: number, append: (file: string, bytes: Uint8Array) => void) {
    this.#started = Math.floor(started);
    this.#append = append;
  }

  /** Writes what of it has not been written. @param atOf when a step was reached, in seconds since 1970 */
  add(stage: TaggedStage, series: readonly Series[], atOf: (step: number, last: number) => number): void {
    const folder = stage.seed === null ? '' : `seed-${stage.seed}`;
    const file = join(folder, `events.out.tfevents.${this.#started}.mmx`);
    const records: Buffer[] = [];
    for (const { metric, points } of series) {
      const tag = this.#tagOf(folder, stage, metric);
      const key = JSON.stringify([stage.hash, metric]);
      const written = this.#written.get(key) ?? new Set<number>();
      this.#written.set(key, written);
      const last = points.at(-1)?.step ?? 0;
      for (const { step, value } of points) {
        if (written.has(step)) continue;
        written.add(step);
        records.push(scalarRecord({ tag, step, value, at: atOf(step, last) }));
      }
    }
    if (records.length === 0) return;
    if (!this.#begun.has(file)) records.unshift(fileVersionRecord(this.#started));
    this.#begun.add(file);
    this.#append(file, Buffer.concat(records));
  }

  #tagOf(folder: string, { hash, kind, label, cells }: TaggedStage, metric: string): string {
    const [cell, another] = cells;
    const name = kind === 'score' && cell !== undefined && another === undefined ? cell : withoutSeed(label);
    const tag = `${name}/${metric}`;
    const key = JSON.stringify([folder, tag]);
    const owner = this.#owners.get(key) ?? hash;
    this.#owners.set(key, owner);
    return owner === hash ? tag : `${name} (${hash.slice(0, 8)})/${metric}`;
  }
}

/** When a stored stage came to a step: its epochs are taken to have been equally long. */
export const timesOf =
  ({ stored, seconds }: Pick<MeasuredStage, 'stored' | 'seconds'>) =>
  (step: number, last: number): number =>
    last === 0 ? stored : stored - seconds * (1 - step / last);
