import { join } from 'node:path';
import { examplesFileName, examplesTemplate } from '../../../../corpora/examples.js';

/** A list of examples to fill in, a table on it, and what to do with both, by name. */
export const exampleFiles = (directory: string): Readonly<Record<string, string>> => ({
  [examplesFileName]: examplesTemplate(),
  'experiment.yaml': experiment(directory),
  'README.md': readme(directory),
});

function experiment(directory: string): string {
  const file = join(directory, 'experiment.yaml');
  return `# What text, picture and sound say of a class, each alone and together: networks trained with labels beside features that
# are learnt without.
#
#   mmx data check ${file}
#   mmx table ${file}
#   mmx config schema          every key, for completion in an editor
table: own-examples
title: Own examples
corpus:
  name: examples
  # The folder of the examples, counted from the folder of this file.
  data: .
  # A column of examples.csv each, and what is in it: text, image, audio, video or features (mmx data info examples).
  inputs:
    caption: {kind: text, length: 20, vocabulary: 2000}
    photo: {kind: image, height: 32, width: 32}
    voice: {kind: audio, rate: 16000, seconds: 2}
seeds: [1, 2, 3]

# A minibatch has no more examples than there are to learn from.
models:
  fusion-network:
    encoders:
      caption: {kind: lstm, embedding: 32, hidden: 32}
      photo: {kind: cnn, filters: [16, 32], dense: 64}
      voice: {kind: cnn-1d, filters: [32], dense: 64}
    epochs: 20
    batch: 20
rbm:
  caption: {visible: binary, hidden: 100, epochs: 20, batch: 20}
  photo: {visible: binary, hidden: 200, epochs: 20, batch: 20}
  voice: {visible: gaussian, hidden: 200, epochs: 20, batch: 20, learning_rate: 0.001}

# Penalties of the linear classifier, among which cross-validation inside the training part chooses.
evaluation: {classifier: {c: [0.001, 0.01, 0.1, 1]}}

# Examples that lack what a column shows are left out of it, and counted below the table.
columns:
  - {id: all, label: all, setting: fusion}
  - {id: caption, label: text, setting: classic-caption}
  - {id: photo, label: picture, setting: classic-photo}
  - {id: voice, label: sound, setting: classic-voice}
rows:
  - {id: network, label: Network, architecture: fusion-network}
  - {id: rbm, label: RBMs side by side, architecture: rbm, corpus: {inputs: {caption: {as: words}}}}
`;
}

function readme(directory: string): string {
  const file = join(directory, 'experiment.yaml');
  return `# Examples of your own

1. List your examples in \`examples.csv\`, one line each. Its head says what the columns mean; the lines below it are there to be
   replaced. A modality is a column: a text, or the path of a file, counted from this folder; as many as you like, under
   names of your own. Each class needs examples marked \`train\` and examples marked \`test\`; to measure how well new people
   are understood, no \`group\` should be in both.
2. Name the same columns in \`experiment.yaml\` (\`corpus.inputs\`), with the kind of each. \`mmx data info examples\` lists the kinds
   and their options.
3. Check both: every line, and every file as the experiment reads it.

       mmx data check ${file}

4. Learn and test. Every value can be set on the command line too.

       mmx table ${file}
       mmx table ${file} seeds=[1]

Nothing is copied and nothing leaves this machine.
`;
}
