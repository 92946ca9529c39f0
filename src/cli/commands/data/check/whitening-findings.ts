import type { Experiment } from '../../../../config/index.js';
import type { Corpus } from '../../../../corpora/corpus.js';
import { type Finding, finding, plural } from '../../../../corpora/finding.js';
import { type TooFewFrames, tooFewToWhiten } from '../../../../pipeline/data/frames-to-whiten.js';

/**
 * What experiments whiten to more dimensions than there are training frames for: a run would stop there.
 *
 * @param data where the copy of the corpus lies
 * @param config the file to change
 * @throws MmxError where the copy cannot be opened
 */
export function whiteningFindings(
  experiments: readonly Experiment[],
  corpus: Corpus,
  data: string,
  config: string,
): readonly Finding[] {
  // Other corpora of a pool add frames, which are not counted here.
  const alone = experiments.filter(({ unlabelled }) => unlabelled.length === 0);
  if (corpus.kind !== 'clips' || alone.length === 0) return [];
  const { entries } = corpus.open({ data });
  const distinct = new Map(
    alone.map(({ front_end: frontEnd, corpus: { train } }) => [
      JSON.stringify([frontEnd, train]),
      { frontEnd, train: train ?? null },
    ]),
  );
  const all = [...distinct.values()].flatMap(({ frontEnd, train }) =>
    tooFewToWhiten(entries, train, frontEnd),
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()].map((one) =>
    findingOf(one, config),
  );
}

function findingOf({ track, frames, dimensions }: TooFewFrames, config: string): Finding {
  const counted = track === 'audio' ? `${plural(frames, 'frame')} of sound` : plural(frames, 'picture');
  const fewer = `set fewer dimensions in ${config}, e.g. half as many as there are: front_end: {${track}: {dimensions: ${Math.floor(frames / 2)}}}`;
  return finding(
    'error',
    `the training clips have ${counted}: too few to whiten to ${plural(dimensions, 'dimension')}`,
    frames > 1 ? `list more training clips, or ${fewer}` : 'list more training clips',
  );
}
