import { type ClipEntry, clipName } from '../../corpora/clip.js';
import type { ClipDigest } from '../../corpora/clip-digest.js';
import { corpusNamed } from '../../corpora/registry.js';
import { MmxError } from '../../errors.js';
import type { LearntClips } from './front-end.js';
import type { ClipSource } from './parameters.js';

/** What is looked at of a test clip. */
type Named = Pick<ClipEntry, 'id' | 'place'>;

/**
 * Refuses a test clip that features were learnt from (paper, section 4: test data never enters). A clip that its own
 * corpus has in both parts stays where the split is a published one, and is counted.
 */
export function leakCheck(
  source: ClipSource,
  learnt: readonly LearntClips[],
): { readonly repeated: string[]; check(clip: Named, digest: ClipDigest): void } {
  const sets = learnt.map((one) => ({
    name: sourceName(one.source),
    own: isSame(one.source, source),
    sound: new Set(one.sound),
    pictures: new Set(one.pictures),
  }));
  const repeated: string[] = [];
  return {
    repeated,
    check(clip, { sound, pictures }) {
      const found = sets.filter(
        (set) =>
          (sound !== null && set.sound.has(sound)) || (pictures !== null && set.pictures.has(pictures)),
      );
      const other = found.find(({ own }) => !own);
      if (other) throw testDataLearnt([clipName(clip)], source.name, other.name);
      if (found.length === 0) return;
      if (!mayRepeat(source)) throw testDataLearnt([clipName(clip)], source.name, source.name);
      repeated.push(clip.id);
    },
  };
}

/** Whether test clips of a corpus may be training clips of it: where its parts are as published. */
export function mayRepeat({ name }: Pick<ClipSource, 'name'>): boolean {
  const corpus = corpusNamed(name);
  return corpus.kind === 'clips' && corpus.publishedSplit;
}

/** How a corpus of a pool is called: of a generated one with its shape. */
export const sourceName = ({ name, preset }: ClipSource): string =>
  preset === null ? name : `${name} ${preset}`;

export function isSame(a: ClipSource, b: ClipSource): boolean {
  return a.name === b.name && a.preset === b.preset && a.seed === b.seed && a.fingerprint === b.fingerprint;
}

/** Clips named in the sentence; the others are counted. */
const EXAMPLES = 3;

/**
 * @param clips names of the test clips
 * @param learnt the corpus that has them among its training clips; `corpus` itself, or another
 */
export function testDataLearnt(clips: readonly string[], corpus: string, learnt: string): MmxError {
  const more = clips.length - EXAMPLES;
  const named = `${clips.slice(0, EXAMPLES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const isOwn = corpus === learnt;
  const [are, whose] = [
    clips.length === 1 ? 'is' : 'are',
    isOwn ? 'its own training clips' : `the training clips of ${learnt}`,
  ];
  return new MmxError(
    'corpora/test-data-learnt',
    `test clip${clips.length === 1 ? '' : 's'} ${named} of ${corpus} ${are} among ${whose}, which features are learnt from: test data must not be used for learning`,
    {
      exitCode: 2,
      hint: isOwn
        ? `put each recording in one part only; mmx data check ${corpus} --data ${corpus}=DIR lists those in both`
        : `remove ${learnt} from \`unlabelled\`, or the recordings of the test part from that copy`,
    },
  );
}
