import { layerShape } from './layer-schema.js';
import { layoutKeys, tableShape } from './table-schema.js';

/** Keys that the top of any configuration may have: of experiments, tables, sweeps, lists of tables, and parts of them. */
export const documentKeys: ReadonlySet<string> = new Set([
  'extends',
  'reproduce',
  'tables',
  'paper',
  'figures',
  'figure4',
  'sweep',
  ...Object.keys(tableShape),
  ...Object.keys(layerShape),
  ...layoutKeys,
]);
