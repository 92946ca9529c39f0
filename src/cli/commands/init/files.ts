const project = `# This file makes its folder a project of mmx. Commands find it from this folder and from every folder below.
# Folders are relative to this file. A key that is left out has the default shown here.
# Options of a command (--store, --data, --out) come before what is written here. mmx doctor shows the folders in use.

# Runs, tables, figures and reports.
results: results

# Stored artifacts: every trained model and result is computed once. The folder can lie on a larger disk.
# mmx runs gc frees what no run uses; artifacts of a folder outside the project stay.
store: results/runs/store

# Your copies of corpora, by the names that --data takes. mmx data ls lists the corpora.
# data:
#   avletters: ../corpora/avletters
#   meld: /data/meld
`;

const experiment = `# One experiment: one architecture in one learning setting. A few seconds.
#   mmx evaluate configs/experiment.yaml
#   mmx config show configs/experiment.yaml     all values, and where each comes from

# A shipped config: maps are merged key by key, and the values here come first. A path is relative to this file.
extends: mmx/base/mnist-halves

# Left and right halves of handwritten digits. mmx data ls lists the other corpora.
corpus: {name: mnist-halves, train: 2000, test: 1000}

# mmx data info mnist-halves lists the architectures and settings that fit the corpus.
architecture: rbm-cca
setting: shared-left-to-right      # the classifier learns from left halves and is tested on right halves

seeds: [1, 2]                      # the result is the mean over these

rbm:
  left: &small {hidden: 100, epochs: 5}
  right: *small
cca: {dimensions: 30}
evaluation:
  classifier: {c: 1}               # a fixed constant; without it, cross-validation chooses
`;

const table = `# A table: every row in every column is an experiment. A few seconds.
#   mmx table configs/table.yaml --dry-run      what would be computed
#   mmx table configs/table.yaml

# 1. What all cells share, as in an experiment.
extends: mmx/base/mnist-halves
corpus: {name: mnist-halves, train: 2000, test: 1000}
seeds: [1, 2]
rbm:
  left: &small {hidden: 100, epochs: 5}
  right: *small
  joint: {hidden: 30, epochs: 5}
autoencoder: {epochs: 5}
cca: {dimensions: 30}
evaluation:
  classifier: {c: 1}

# 2. The table: its name (also the folder of its results), and its title.
table: my-table
title: Sharing between the halves of digits

# 3. Columns: usually settings. Every key of an experiment may stand beside id and label.
columns:
  - {id: left-to-right, label: left → right, setting: shared-left-to-right}
  - {id: right-to-left, label: right → left, setting: shared-right-to-left}

# 4. Rows: usually architectures, with values of their own. A row's values come before those that all cells share, a column's
#    before those of the row. Cells that need the same model share it: it is trained once.
rows:
  - id: raw-cca
    label: CCA on pixels
    architecture: raw-cca
  - id: rbm-cca
    label: CCA on RBM features
    architecture: rbm-cca
  - id: autoencoder
    label: Bimodal deep autoencoder
    architecture: bimodal-deep-autoencoder
`;

const sweep = `# A sweep: one experiment at several values, compared on held-out training examples. A few seconds.
#   mmx sweep configs/sweep.yaml --test         also tests the best point on the test part
extends: experiment.yaml
table: my-sweep
title: Size and sparsity of RBMs before CCA
setting: null                      # the columns set it
columns:
  - {id: left-to-right, label: left → right, setting: shared-left-to-right}
sweep:
  grid:                            # every combination of these values; random draws them instead
    rbm.{left,right}.hidden: [50, 100]
    cca.ridge: [0.01, 0.1]
  select: {held_out: 500}          # of the training examples
`;

/** Content of the files of a new project, by path in its folder. The project's own file is the last: a folder with it is complete. */
export const projectFiles: Readonly<Record<string, string>> = {
  'configs/experiment.yaml': experiment,
  'configs/table.yaml': table,
  'configs/sweep.yaml': sweep,
  '.gitignore': '/results/\n',
  'mmx.yaml': project,
};
