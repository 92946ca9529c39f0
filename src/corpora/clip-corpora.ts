import { MmxError } from '../errors.js';
import { copyOfCorpus, notEmbedded } from './copies.js';
import type { ClipCorpus } from './corpus.js';
import { fingerprintOf } from './fingerprint.js';
import type { RecordedCorpus } from './recordings.js';
import { type PresetName, presetNames, talkingMouth } from './talking-mouth/index.js';

/** Whitened sound and pictures. */
const modalities = [
  { name: 'audio', range: 'real' },
  { name: 'video', range: 'real' },
] as const;

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
        throw notEmbedded(name, `datasets/${copyOfCorpus(name)}.md says how to get one`);
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
