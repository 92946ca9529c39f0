/** Small configurations that together use every part of the language. */

/** Name of the file that is loaded. */
export const main = 'main.yaml';

type Files = Readonly<Record<string, string>>;

const base = `
corpus: {name: mnist-halves, train: 600, test: 100}
architecture: rbm-cca
setting: shared-left-to-right
seeds: [1, 2]
rbm:
  left: {hidden: 50, visible: binary, momentum: {initial: 0.4, final: 0.8}, epochs: 2, batch: 100, learning_rate: 0.1}
  right: {hidden: 50, sparsity: {target: 0.05, cost: 1, form: bias}, cd_steps: 1, init_sd: 0.01}
cca: {ridge: 1.0e-3, dimensions: 10, weighting: 0}
scales:
  smoke: {corpus: {train: 80}, seeds: [1], rbm: {left: {epochs: 1}}}
  large: {corpus: mnist-halves}
stand_in:
  corpus: {name: talking-mouth, preset: digits}
  scale: smoke
`;
const small = 'rbm: {left: {hidden: 20}, right: {hidden: 30}}\n';

const clips = `
corpus: {name: cuave, data: somewhere}
stand_in:
  scale: reference
  corpus: {name: talking-mouth, preset: digits}
  unlabelled: [{name: talking-mouth, preset: letters}]
architecture: bimodal-deep-autoencoder
setting: cross-modality-audio
unlabelled: [{name: avletters, optional: true}, {name: timit, optional: true, train: 10}]
seeds: [1, 2, 3]
front_end:
  audio: {dimensions: 100, frames: 10}
  features: {dimensions: all, frames: 8}
  video: {dimensions: 32, frames: 4}
  stride: 1
rbm:
  audio: {hidden: 150, visible: gaussian, sigma: 1, sparse_start: true, weight_decay: 2.0e-4}
  video: {hidden: 153, visible: gaussian, sigma: 0.5, momentum: {initial: 0.5, final: 0.9, switch_epoch: 5}}
  joint: {hidden: 455, visible: binary, learning_rate_decay: 0}
autoencoder:
  epochs: 2
  batch: 100
  loss: squared-error
  optimiser: {name: adam, learning_rate: 1.0e-3}
  augmentation: thirds
  reconstruct: both
  initialise: dbn
features: {unimodal: posterior, joint: posterior, normalise: l2}
evaluation:
  pooling: [1, 3]
  standardise: none
  noise: null
  classifier: {c: [0.01, 0.1, 1], cv_folds: 3, tolerance: 1.0e-3, bias: true}
scales:
  reference: {front_end: {stride: 2}, rbm: {audio: {hidden: 75}}}
checkpoint_seconds: 30
`;

const table = `
extends: base.yaml
table: halves-transfer
title: Transfer between halves
notes: ["Trained on one half, tested on the other."]
evaluation: {protocol: test-folds}
columns:
  - {id: left-to-right, label: Left to right, setting: shared-left-to-right, published: {condition: left->right}}
  - {id: right-to-left, label: Right to left, setting: shared-right-to-left, published: {condition: right->left}}
rows:
  - id: single
    label: Single view
    architecture: rbm
    published: {source: corrnet2016, table: 4, method: single-view (ceiling)}
    cells:
      left-to-right: {setting: {train: [left], test: [left]}, measure: macro-f1, corpus: {train: 50}}
      right-to-left: {setting: classic-right, published: null}
  - {id: rbm-cca, label: RBM-CCA, extends: parts/small.yaml, architecture: rbm-cca, cca: {ridge: null}}
  - {id: cca, label: CCA, architecture: raw-cca, columns: [right-to-left]}
references:
  - {label: CorrNet, source: corrnet2016, table: 4, method: corrnet}
`;

const sweep = (section: string): string => `
extends: base.yaml
table: a-sweep
title: A sweep
sweep:
${section}
columns:
  - {id: left-to-right, label: Left to right, setting: shared-left-to-right}
`;

const random = `  random:
    rbm.{left,right}.hidden: {integer: [100, 500]}
    rbm.{left,right}.learning_rate: {log_uniform: [0.01, 1]}
    rbm.left.sparsity.target: [0.03, 0.05, 0.1]
    cca.ridge: {uniform: [1.0e-4, 1]}
    cca.weighting: {choice: [0, 1, 2]}
  points: 3
  seed: 1
  select: {held_out: 100}`;
const grid = `  grid:
    cca.ridge: [0.1, 1]
    rbm.left: [{hidden: 5}, {hidden: 6}]
    evaluation.classifier.c: [1, [0.1, 1]]`;

const lists = [
  `
reproduce: ngiam2011
title: Ngiam et al., Multimodal Deep Learning (ICML 2011)
tables: {table1a: table1a.yaml, table1b: table1b.yaml, units: units.yaml}
figure4: figure4.yaml
`,
  'extends: base.yaml\nreproduce: mine\npaper: ngiam2011\nfigures: {figure4: f.yaml}\n',
];

const withBase = (text: string): Files => ({ [main]: text, 'base.yaml': base, 'parts/small.yaml': small });

export const validConfigs: Readonly<
  Record<'experiment' | 'table' | 'sweep' | 'reproduction', readonly Files[]>
> = {
  experiment: [
    withBase('extends: [base.yaml, parts/small.yaml]\nrbm:\n  left: {momentum: {final: 0.95}}\n'),
    withBase('extends: base.yaml\nseeds: [7]\nscale: smoke\ncorpus: mnist-halves\ncca: {dimensions: 5}\n'),
    { [main]: clips, 'base.yaml': base, 'parts/small.yaml': small },
    { [main]: clips.replace('somewhere', 'elsewhere'), 'base.yaml': base, 'parts/small.yaml': small },
  ],
  table: [withBase(table)],
  sweep: [withBase(sweep(random)), withBase(sweep(grid))],
  reproduction: lists.map((text) => ({
    [main]: text,
    ...Object.fromEntries(
      ['table1a', 'table1b', 'units', 'one', 'figure4', 'f'].map((name) => [`${name}.yaml`, small]),
    ),
    'base.yaml': 'title: Shared\ntables: {one: one.yaml}\n',
    'parts/small.yaml': 'figure4: f.yaml\n',
  })),
};
