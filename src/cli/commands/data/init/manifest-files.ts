import { join } from 'node:path';
import { secondsToLearn } from '../../../../corpora/annotations/seconds.js';
import {
  encodeManifest,
  type ManifestClip,
  manifestFileName,
  manifestTemplate,
} from '../../../../corpora/manifest.js';

/**
 * A manifest of recordings, a table of experiments on it, and what to do with both, by name.
 *
 * @param clips the lines of the manifest; examples to replace when absent
 */
export const manifestFiles = (
  directory: string,
  clips?: readonly ManifestClip[],
): Readonly<Record<string, string>> => ({
  [manifestFileName]: clips === undefined ? manifestTemplate() : encodeManifest(clips),
  'experiment.yaml': experiment(
    directory,
    clips === undefined || clips.some(({ video }) => video !== ''),
    whitenedDimensions(clips === undefined ? null : secondsToLearn(clips, directory, ENOUGH_SECONDS)),
  ),
  'README.md': readme(directory),
});

/** Dimensions of the paper. */
const most = { audio: 100, video: 32 };
/** Frames a second: one every 10 ms, and the pictures of most cameras. */
const rates = { audio: 100, video: 25 };
/** Whitening needs more frames than dimensions; with twice as many, the last dimensions are not those of single frames. */
const FRAMES_PER_DIMENSION = 2;
const ENOUGH_SECONDS = Math.max(
  ...(['audio', 'video'] as const).map((track) => (FRAMES_PER_DIMENSION * most[track]) / rates[track]),
);

/** @param seconds of the training clips; null where they are not known */
function whitenedDimensions(seconds: number | null): typeof most {
  const of = (track: keyof typeof most): number => {
    const allowed = seconds === null ? most[track] : (seconds * rates[track]) / FRAMES_PER_DIMENSION;
    return Math.max(1, Math.min(most[track], Math.floor(allowed + 1e-6)));
  };
  return { audio: of('audio'), video: of('video') };
}

/** @param isSeen whether there are pictures */
function experiment(directory: string, isSeen: boolean, dimensions: typeof most): string {
  const file = join(directory, 'experiment.yaml');
  const steps = isSeen
    ? `#   mmx data prepare ${file}     finds the mouths, where movies show whole faces\n`
    : '';
  return `# ${isSeen ? 'What your speakers say, recognised from sound, from pictures and from both' : 'What your speakers say, recognised from sound'}: windows over time as they are,
# beside features that are learnt from them without labels (Ngiam et al., 2011).
#
${steps}#   mmx data check ${file}
#   mmx table ${file}
#   mmx config schema          every key, for completion in an editor
table: own-recordings
title: Own recordings
# The folder of the manifest, counted from the folder of this file. --data manifest=DIR names another copy.
corpus: {name: manifest, data: .}
# Each seed is one more run of everything; the table shows the mean and the deviation.
seeds: [1]

# Whitened dimensions: fewer than there are frames to learn from, 100 a second of sound and mostly 25 of pictures. The paper
# has ${most.audio} and ${most.video}.
front_end:
  audio: {dimensions: ${dimensions.audio}}
${isSeen ? `  video: {dimensions: ${dimensions.video}}\n` : ''}
# A section a layer. Sound and pictures are real numbers, so the lowest units are gaussian. A minibatch (batch) has no more
# windows than there are to learn from.
rbm:
  audio: {hidden: 400, visible: gaussian, epochs: 20, learning_rate: 0.002, batch: 20}
${
  isSeen
    ? `  video: {hidden: 400, visible: gaussian, epochs: 20, learning_rate: 0.002, batch: 20}
  joint: {hidden: 400, epochs: 20, batch: 20}
autoencoder: {epochs: 20, batch: 20}
`
    : ''
}
# Penalties of the linear classifier, among which cross-validation inside the training part chooses.
evaluation: {classifier: {c: [0.001, 0.01, 0.1]}}

# A column says which modality is seen where (mmx data info manifest lists all settings), a row what is learnt.
columns:
  - {id: audio, label: sound, setting: classic-audio}
${
  isSeen
    ? `  - {id: video, label: pictures, setting: classic-video}
  - {id: cross-video, label: "pictures, features learnt with sound", setting: cross-modality-video}
  - {id: fusion, label: both, setting: fusion}
`
    : ''
}rows:
  - {id: windows, label: Windows as they are, architecture: preprocessed${isSeen ? ', columns: [audio, video, fusion]' : ''}}
${
  isSeen
    ? `  - {id: rbm, label: RBM, architecture: rbm, columns: [audio, video]}
  - {id: autoencoder, label: Bimodal deep autoencoder, architecture: bimodal-deep-autoencoder, columns: [cross-video, fusion]}
`
    : `  - {id: rbm, label: RBM, architecture: rbm}
`
}`;
}

function readme(directory: string): string {
  const file = join(directory, 'experiment.yaml');
  return `# Recordings of your own

1. List your recordings in \`manifest.csv\`, one line a clip. Its head says what the columns mean; the lines below it are
   examples to replace, or come from the annotations that \`--from\` named. Each class needs clips marked \`train\` and
   clips marked \`test\`; to measure how well new speakers are understood, no speaker should be in both.
2. Only if movies show whole faces: find the mouths, and look at the contact sheets it draws.

       mmx data prepare ${file}

3. Check it: every problem is named with its line.

       mmx data check ${file}

4. Learn features and test them. \`experiment.yaml\` is a start; each of its values can be set on the command line too.

       mmx table ${file}
       mmx table ${file} seeds=[1,2,3]

Sound and pictures of a clip must begin at the same moment. Nothing is copied and nothing leaves this machine.
`;
}
