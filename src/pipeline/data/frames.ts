import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { z } from 'zod';
import type { ClipEntry, KeptApart } from '../../corpora/clip.js';
import { type PlacedTrack, placeClip } from '../../frontend/index.js';
import { concatRows, type Matrix } from '../../matrix.js';
import { defineStage } from '../graph/define-stage.js';
import { matrixOf, numbersOf, resultOf, unsound } from '../graph/read-artifact.js';
import { inputOf } from '../graph/roles.js';
import type { Artifact, TensorData } from '../graph/stage.js';
import { text } from '../graph/stored-values.js';
import { frontEndOptions, openSource } from './clips.js';
import { frontEndOf, learntClipsOf } from './front-end.js';
import { loadHeard } from './heard-sound.js';
import { leakCheck } from './leak-check.js';
import type { FramesStageParameters } from './parameters.js';

/**
 * The whitened frames of one part of a corpus, and where its windows lie in them. Overlapping windows are made only
 * when they are read: copied out they would take ten times the space.
 */
export const framesStage = defineStage<FramesStageParameters>({
  kind: 'frames',
  version: 2,
  async run({ source, part, test, sound, frontEnd, noise }, context) {
    const frontEndArtifact = inputOf(context.inputs, 'front_end');
    const fitted = frontEndOf(frontEndArtifact);
    const options = frontEndOptions(frontEnd);
    const opened = openSource(source, test, context.local);
    const entries = opened[part];
    const refuse = part === 'test' ? leakCheck(source, learntClipsOf(frontEndArtifact)) : undefined;
    const audio = new TrackBuilder();
    const video = new TrackBuilder();
    const clips = new Int32Array(entries.length + 1);
    for (const [index, entry] of entries.entries()) {
      const { clip, digest } = loadHeard(entry, sound, frontEnd);
      refuse?.check(entry, digest);
      const placed = placeClip(clip, fitted, options, noise ?? undefined);
      const count = placed.times.length;
      audio.add(placed.audio, count);
      video.add(placed.video, count);
      clips[index + 1] = (clips[index] ?? 0) + count;
      if (index % 20 === 0) await yieldToEvents();
      context.progress({ done: index + 1, total: entries.length, unit: 'clips', note: entry.id });
    }
    const classes = distinct(entries.flatMap(({ label }) => label ?? []));
    const [a, v] = [audio.finish(), video.finish()];
    const facts: FramesFacts = {
      classes,
      ids: entries.map(({ id }) => id),
      keepsApart: opened.keepsApart,
      repeated: refuse?.repeated ?? [],
    };
    return {
      tensors: {
        clips: { shape: [clips.length], data: clips },
        labels: {
          shape: [entries.length],
          data: Int32Array.from(entries, ({ label }) => (label === null ? -1 : classes.indexOf(label))),
        },
        ...(opened.keepsApart === null ? {} : { groups: groupsOf(entries, opened.keepsApart) }),
        ...(a ? trackTensors('audio', a, framesOfWindow(sound, frontEnd)) : {}),
        ...(v ? trackTensors('video', v, frontEnd.video.frames) : {}),
      },
      json: facts,
    };
  },
});

/** Group of each clip: its speaker, counted in alphabetical order, or its repetition; −1 where that is not known. */
function groupsOf(entries: readonly ClipEntry[], keepsApart: KeptApart): TensorData {
  const speakers = distinct(entries.map(({ speaker }) => speaker));
  const groupOf = ({ speaker, repetition }: ClipEntry): number =>
    keepsApart === 'speakers' ? speakers.indexOf(speaker) : (repetition ?? -1);
  return { shape: [entries.length], data: Int32Array.from(entries, groupOf) };
}

/** What is known of the clips of a `frames` artifact. */
export interface FramesFacts {
  /** The labels that occur, sorted; the tensor `labels` counts into them, −1 for none. */
  readonly classes: readonly string[];
  readonly ids: readonly string[];
  /** Whose clips cross-validation keeps together: the tensor `groups` names them; null for nobody's. */
  readonly keepsApart: KeptApart | null;
  /** Test clips that are training clips of the same corpus too, by the corpus's own split. */
  readonly repeated: readonly string[];
}

/** Windows of one modality: row i is `frames` frames from `starts[i]` on; −1 where the clip lacks the modality. */
export interface FramesTrack {
  readonly values: Matrix;
  readonly starts: Int32Array;
  readonly frames: number;
}

/** Undefined where no clip has the modality. @throws MmxError `store/unsound` when its windows lie outside its frames */
export function framesTrackOf(artifact: Artifact, modality: string): FramesTrack | undefined {
  const names = ['frames', 'starts', 'window'].map((part) => `${modality}_${part}`);
  if (names.every((name) => artifact.tensors[name] === undefined)) return undefined;
  const values = matrixOf(artifact, `${modality}_frames`);
  const starts = numbersOf(artifact, `${modality}_starts`, Int32Array);
  const [frames = 0] = numbersOf(artifact, `${modality}_window`, Int32Array, 1);
  const last = values.rows - frames;
  if (frames < 1 || !starts.every((start) => start >= -1 && start <= last)) {
    throw unsound(artifact, `windows of its ${modality} lie outside its frames`);
  }
  return { values, starts, frames };
}

const facts: z.ZodType<FramesFacts> = z.object({
  classes: z.array(text),
  ids: z.array(text),
  keepsApart: z.enum(['speakers', 'repetitions']).nullable(),
  repeated: z.array(text),
});

/** @throws MmxError `store/unsound` when its result does not say */
export const framesFactsOf = (artifact: Artifact): FramesFacts => resultOf(artifact, facts);

/** First window of each clip, and the number of windows at the end. @throws MmxError `store/unsound` when they do not ascend */
export function clipsOf(artifact: Artifact): Int32Array {
  const clips = numbersOf(artifact, 'clips', Int32Array);
  const ascend =
    clips[0] === 0 && clips.every((first, index) => index === 0 || first >= (clips[index - 1] ?? 0));
  if (!ascend) throw unsound(artifact, 'its clips do not follow each other');
  return clips;
}

function framesOfWindow(
  sound: FramesStageParameters['sound'],
  { audio, features }: FramesStageParameters['frontEnd'],
): number {
  return sound === 'features' ? features.frames : audio.frames;
}

function trackTensors(
  modality: string,
  { values, starts }: PlacedTrackOf,
  frames: number,
): Record<string, TensorData> {
  return {
    [`${modality}_frames`]: { shape: [values.rows, values.columns], data: values.data },
    [`${modality}_starts`]: { shape: [starts.length], data: starts },
    [`${modality}_window`]: { shape: [1], data: Int32Array.of(frames) },
  };
}

type PlacedTrackOf = { readonly values: Matrix; readonly starts: Int32Array };

/** The frames of clip after clip, and the starts of their windows counted from the first frame of all. */
class TrackBuilder {
  readonly #frames: Matrix[] = [];
  readonly #starts: number[] = [];
  #rows = 0;

  /** @param count windows of the clip, whether it has this modality or not */
  add(track: PlacedTrack | undefined, count: number): void {
    if (!track) {
      for (let i = 0; i < count; i++) this.#starts.push(-1);
      return;
    }
    for (const start of track.starts) this.#starts.push(this.#rows + start);
    this.#frames.push(track.frames);
    this.#rows += track.frames.rows;
  }

  /** Undefined when no clip has the modality. */
  finish(): PlacedTrackOf | undefined {
    if (this.#frames.length === 0) return undefined;
    return { values: concatRows(this.#frames), starts: Int32Array.from(this.#starts) };
  }
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
