import { join } from 'node:path';
import { manifestFileName, manifestTemplate } from '../../../../corpora/manifest.js';

/** A manifest of recordings to fill in, an experiment on it, and what to do with both, by name. */
export const manifestFiles = (directory: string): Readonly<Record<string, string>> => ({
  [manifestFileName]: manifestTemplate(),
  'experiment.yaml': experiment(directory),
  'README.md': readme(directory),
});

function experiment(directory: string): string {
  return `# Digits, letters, words … said by your speakers, recognised from the picture alone, with features learnt from sound and
# picture together (Ngiam et al., 2011: cross-modality learning).
#
#   mmx evaluate ${join(directory, 'experiment.yaml')} --data manifest=${directory}
#   mmx config schema          every key, for completion in an editor
corpus: manifest

# What is learnt: bimodal-deep-autoencoder, video-only-deep-autoencoder, rbm (one modality alone) …
architecture: bimodal-deep-autoencoder
# Which modality is seen where: cross-modality-video, fusion, classic-audio … (mmx data info manifest lists all)
setting: cross-modality-video
seeds: [1, 2, 3]

# Whitened dimensions: no more than there are windows to learn from, about 25 a second of recordings.
front_end:
  audio: {dimensions: 100}
  video: {dimensions: 32}

# A section a layer. Sound and pictures are real numbers, so the lowest units are gaussian.
rbm:
  audio: {hidden: 400, visible: gaussian, epochs: 20, learning_rate: 0.002}
  video: {hidden: 400, visible: gaussian, epochs: 20, learning_rate: 0.002}
  joint: {hidden: 400, epochs: 20}
autoencoder: {epochs: 20}

# Penalties of the linear classifier, among which cross-validation inside the training part chooses.
evaluation: {classifier: {c: [0.001, 0.01, 0.1]}}
`;
}

function readme(directory: string): string {
  return `# Recordings of your own

1. List your recordings in \`manifest.csv\`, one line a clip. Its head says what the columns mean; the lines below it are
   examples to replace. Each class needs clips marked \`train\` and clips marked \`test\`; to measure how well new speakers are
   understood, no speaker should be in both.
2. Check it: every problem is named with its line.

       mmx data check manifest --data manifest=${directory}

3. Only if movies show whole faces: find the mouths, and look at the contact sheets it draws.

       mmx data prepare manifest --data manifest=${directory}

4. Learn features and test them. \`experiment.yaml\` is a start; each of its values can be set on the command line too.

       mmx evaluate ${join(directory, 'experiment.yaml')} --data manifest=${directory}
       mmx evaluate ${join(directory, 'experiment.yaml')} --data manifest=${directory} setting=fusion seeds=[1]

Sound and pictures of a clip must begin at the same moment. Nothing is copied and nothing leaves this machine.
`;
}
