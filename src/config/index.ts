/** What other modules need of the configuration language. */

export { type CellPlace, cellPlace } from './cell-place.js';
export { loadExperiment } from './experiment.js';
export { type ConfigKind, kindOf } from './extends.js';
export type { FrontEndConfig, MfccConfig } from './front-end-schema.js';
export { jsonSchema } from './json-schema.js';
export type { LoadOptions, ResolvedExperiment, StandIn } from './layers.js';
export { type OptionFacts, optionList } from './option-list.js';
export { ConfigError, type LocatedProblem } from './problems.js';
export { filesOf, loadReproduction, type Reproduction } from './reproduction.js';
export {
  configErrorAt,
  configErrorsAt,
  type Finding,
  type Origin,
  placeOf,
  type Resolved,
} from './resolved.js';
export * from './schema.js';
export { showConfig } from './show.js';
export { loadSweep, type ResolvedSweep } from './sweep.js';
export { type Draw, type Parameter, rangeText } from './sweep-space.js';
export { loadTable, type ResolvedTable, type TableCell } from './table.js';
export type {
  PartialQuery,
  PublishedQuery,
  ReferenceConfig,
  TableConfig,
  TableItem,
} from './table-schema.js';
export { problemsOf } from './validate.js';
export { brief } from './wording.js';
