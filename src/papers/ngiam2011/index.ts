import type { Paper } from '../paper.js';
import { claimTableNames } from './cells.js';
import { ngiam2011Claims } from './claims.js';
import { figure4 } from './figure4.js';

/** Multimodal Deep Learning. Rows and columns of its tables are those of `configs/ngiam2011/`. */
export const ngiam2011: Paper = {
  name: 'ngiam2011',
  title: 'Multimodal Deep Learning',
  cited: 'Ngiam et al. (2011)',
  citation:
    'Jiquan Ngiam, Aditya Khosla, Mingyu Kim, Juhan Nam, Honglak Lee and Andrew Y. Ng: Multimodal Deep Learning. ' +
    'ICML 2011, pp. 689-696',
  reproductions: [
    { name: 'ngiam2011', file: 'configs/ngiam2011/reproduce.yaml' },
    { name: 'ngiam2011-open', file: 'configs/ngiam2011-open/reproduce.yaml' },
  ],
  tables: claimTableNames,
  claims: ngiam2011Claims,
  abbreviations: 'AE: deep autoencoder; “+ RBM”: with the features of the audio RBM beside it.',
  published: 'results/published/ngiam2011',
  figures: [figure4],
  unnamed: true,
  help: {
    copies: `\
Without copies of the corpora, a generated corpus that comes with mmx replaces each of them, at a scale that fits a laptop.
In ngiam2011-open it replaces the open recordings with --smoke only. In movies of whole faces, mmx finds the mouths first.`,
    examples: [
      'mmx reproduce ngiam2011 --smoke',
      'mmx reproduce ngiam2011',
      'mmx reproduce ngiam2011 --data avletters=~/corpora/avletters --data cuave=~/corpora/cuave',
      'mmx reproduce ngiam2011 scale=paper --dry-run',
      'mmx reproduce ngiam2011-open --data grid=data/grid                after mmx data fetch grid',
    ],
  },
};
