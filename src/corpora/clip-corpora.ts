import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { MmxError } from '../errors.js';
import { readFileBytes } from '../formats/bytes.js';
import { copyOfCorpus } from './copies.js';
import type { ClipCorpus } from './corpus.js';
import type { RecordedCorpus } from './recordings.js';
import { type PresetName, presetNames, talkingMouth } from './talking-mouth/index.js';

/** Whitened sound and pictures. */
const modalities = [
  { name: 'audio', range: 'real' },
  { name: 'video', range: 'real' },
] as const;

/** Above this size a file counts by name, size and time: hashing movies would take longer than decoding some. */
const HASHED_BYTES = 16 * 2 ** 20;

/** A corpus of recordings as the pipeline takes it. */
export function clipsOfRecordings(corpus: RecordedCorpus): ClipCorpus {
  const { name, title, classes, modalities: has, publishedSplit, keepsApart } = corpus;
  return {
    kind: 'clips',
    name,
    title,
    synthetic: false,
    modalities,
    has,
    classes,
    publishedSplit,
    ...(keepsApart === undefined ? {} : { keepsApart }),
    open({ data }) {
      if (data === undefined) {
        throw new MmxError(
          'corpora/missing',
          `the corpus ${name} is not embedded: mmx needs to know where your copy is`,
          {
            exitCode: 2,
            hint: `--data ${name}=DIR (datasets/${copyOfCorpus(name)}.md says how to get one)`,
          },
        );
      }
      const { clips, files } = corpus.list(data);
      const labels = [...new Set(clips.flatMap(({ label }) => label ?? []))];
      return {
        entries: clips,
        classes: classes.length > 0 ? classes : labels.sort(),
        fingerprint: () => fingerprintOf(data, files),
      };
    },
  };
}

/** The embedded audio-visual corpus, in one of its shapes (`corpus.preset`, digits when absent). */
export const clipsOfTalkingMouth: ClipCorpus = {
  kind: 'clips',
  name: 'talking-mouth',
  title: 'Talking mouths: synthesised speech with drawn mouths',
  synthetic: true,
  caveat:
    'talking-mouth: how hard it is was chosen by hand so that preprocessed rows lie near the figures of the paper ' +
    '(datasets/talking-mouth.md). Compare rows with each other, not with the paper.',
  modalities,
  has: ['audio', 'video'],
  classes: [],
  publishedSplit: true,
  presets: presetNames,
  open({ preset = 'digits', seed = 1, scale = 1 }) {
    if (!isPreset(preset)) {
      throw new MmxError('corpora/options', `talking-mouth has no preset '${preset}'`, {
        exitCode: 2,
        hint: `corpus.preset is one of ${presetNames.join(', ')}`,
      });
    }
    const { entries, mixed, classes, fingerprint } = talkingMouth(preset, { seed, scale });
    // The mixed clips come last, for testing: no answer to them is right, and what they are taken for is counted.
    return { entries: [...entries, ...mixed], classes, fingerprint: () => fingerprint };
  },
};

const isPreset = (name: string): name is PresetName => presetNames.some((known) => known === name);

/** Fingerprints by names, sizes and times of the files: corpora that share a copy mostly have the same ones. */
const fingerprints = new Map<string, string>();

/** Names relative to the copy, sizes and contents: two equal copies at different places are one. */
function fingerprintOf(directory: string, files: readonly string[]): string {
  const states = files.map((file) => {
    const { size, mtimeMs } = statSync(file);
    return { file, size, mtimeMs };
  });
  const listed = createHash('sha256')
    .update(JSON.stringify([directory, states]))
    .digest('hex');
  const known = fingerprints.get(listed) ?? readFingerprint(directory, states);
  fingerprints.set(listed, known);
  return known;
}

function readFingerprint(
  directory: string,
  states: readonly { readonly file: string; readonly size: number; readonly mtimeMs: number }[],
): string {
  const hash = createHash('sha256');
  for (const { file, size, mtimeMs } of states) {
    hash.update(`${file.startsWith(directory) ? file.slice(directory.length) : file}\n${size}\n`);
    hash.update(size <= HASHED_BYTES ? readFileBytes(file, 'corpora/damaged', 'file') : String(mtimeMs));
  }
  return hash.digest('hex');
}
