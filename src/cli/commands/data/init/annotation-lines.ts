import type { AnnotatedClips } from '../../../../corpora/annotations/clips.js';
import { plural } from '../../../../corpora/finding.js';
import { fewNames } from '../../../mouths/summary.js';
import { labelled } from '../../../output.js';

/** @param count of speakers */
function speakersOf(count: number, from: AnnotatedClips['speakersFrom']): string {
  const correct = `correct the columns speaker and split where ${count === 1 ? 'it is' : 'they are'} wrong`;
  switch (from) {
    case 'annotations':
      return `${count}, as the annotations name ${count === 1 ? 'it' : 'them'}; ${correct}`;
    case 'folders':
      return `${count}, named by the folders; ${correct}`;
    case 'names':
      return `${count}, named by the files, up to the first _ or -; ${correct}`;
    case 'pattern':
      return `${count}, named by the files`;
    default:
      return '1, since the pattern has no {speaker}';
  }
}

/** What `mmx data init --from --json` prints of the annotations. */
export function annotationNumbers({ clips, files, labels, leftOut, named, ...how }: AnnotatedClips) {
  const parts = new Map(clips.map(({ speaker, split }) => [speaker, split]));
  return {
    ...{ files, clips: clips.length, labels: Object.fromEntries(labels), left_out: leftOut },
    ...{ speakers: parts.size, speakers_from: how.speakersFrom, parts_by: how.partsBy },
    ...(named ? { pattern: named.pattern, example: named.example } : {}),
  };
}

/** The same for people. */
export function annotationLines(made: AnnotatedClips): readonly string[] {
  const { clips, files, labels, speakersFrom, leftOut, named } = made;
  const speakers = new Set(clips.map(({ speaker }) => speaker));
  const of = (part: string): number => clips.filter(({ split }) => split === part).length;
  const counts = [...labels].map(([label, count]) => `${label} ${count}`);
  const left = leftOut.map(
    ({ what, count, examples }) => `${what} (${examples[0] ?? ''}${count > 1 ? ', …' : ''})`,
  );
  return [
    `read    ${named ? plural(files, 'recording') : `${plural(files, 'file')} of annotations`}`,
    ...(named ? labelled('names   ', namedLines(named)) : []),
    `clips   ${clips.length} of ${plural(labels.size, 'label')}: ${fewNames(counts).join(', ')}`,
    `        ${of('train')} to train, ${of('test')} to test: ${howTested(made)}`,
    `speaker ${speakersOf(speakers.size, speakersFrom)}`,
    ...(left.length > 0 ? labelled('left    ', left) : []),
  ];
}

function namedLines({
  pattern,
  example,
  startsAtZero,
}: NonNullable<AnnotatedClips['named']>): readonly string[] {
  const { file = '', ...values } = example;
  const said = Object.entries(values).map(([field, value]) => `${field} ${value}`);
  return [
    `${pattern}: ${file} is ${said.join(', ')}`,
    ...(startsAtZero ? ['repetitions count from 0 in the names, and from 1 in the manifest'] : []),
  ];
}

function howTested({ clips, partsBy }: AnnotatedClips): string {
  const tested = clips.filter(({ split }) => split === 'test');
  if (tested.length === 0) {
    return `there is only one ${partsBy}, so nothing can be tested; mark clips as test in the column split`;
  }
  switch (partsBy) {
    case 'speaker':
      return `every third speaker is tested (${fewNames([...new Set(tested.map(({ speaker }) => speaker))]).join(', ')})`;
    case 'repetition':
      return `every third repetition is tested (${fewNames([...new Set(tested.map(({ repetition }) => String(repetition)))]).join(', ')})`;
    default:
      return 'every third recording is tested';
  }
}
