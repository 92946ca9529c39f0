import type { AnnotatedClips } from '../../../../corpora/annotations/clips.js';
import { plural } from '../../../../corpora/finding.js';
import { fewNames } from '../../../mouths/summary.js';
import { labelled } from '../../../output.js';

const speakersFrom = {
  annotations: 'as the annotations name them',
  folders: 'named by the folders',
  names: 'named by the files, up to the first _ or -',
};

/** What `mmx data init --from --json` prints of the annotations. */
export function annotationNumbers({ clips, files, labels, leftOut, ...how }: AnnotatedClips) {
  const parts = new Map(clips.map(({ speaker, split }) => [speaker, split]));
  return {
    ...{ files, clips: clips.length, labels: Object.fromEntries(labels), left_out: leftOut },
    ...{ speakers: parts.size, speakers_from: how.speakersFrom, parts_by: how.partsBy },
  };
}

/** The same for people. */
export function annotationLines(made: AnnotatedClips): readonly string[] {
  const { clips, files, labels, speakersFrom: from, partsBy, leftOut } = made;
  const speakers = new Map(clips.map(({ speaker, split }) => [speaker, split]));
  const of = (part: string): number => clips.filter(({ split }) => split === part).length;
  const tested = [...speakers].filter(([, split]) => split === 'test').map(([speaker]) => speaker);
  const counts = [...labels].map(([label, count]) => `${label} ${count}`);
  const left = leftOut.map(
    ({ what, count, examples }) => `${what} (${examples[0] ?? ''}${count > 1 ? ', …' : ''})`,
  );
  return [
    `read    ${plural(files, 'file')} of annotations`,
    `clips   ${clips.length} of ${plural(labels.size, 'label')}: ${fewNames(counts).join(', ')}`,
    `        ${of('train')} to train, ${of('test')} to test: ${
      partsBy === 'speaker'
        ? `every third speaker is tested (${fewNames(tested).join(', ')})`
        : 'every third recording is tested'
    }`,
    `speaker ${speakers.size}, ${speakersFrom[from]}; correct the columns speaker and split where they are wrong`,
    ...(left.length > 0 ? labelled('left    ', left) : []),
  ];
}
