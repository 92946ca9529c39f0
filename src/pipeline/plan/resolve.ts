import type { Architecture } from '../../architectures/architecture.js';
import { architectureKinds, architecturesOf, unusable } from '../../architectures/index.js';
import { visibleUnitFindings } from '../../architectures/pieces/visible-units.js';
import {
  cellPlace,
  configErrorAt,
  configErrorsAt,
  type Experiment,
  type Finding,
  problemsOf,
  type Resolved,
  rbmConfig,
  unitMeasureOf,
} from '../../config/index.js';
import type { Corpus } from '../../corpora/corpus.js';
import { ownColumns } from '../../corpora/examples.js';
import { corpora, corpusAsked } from '../../corpora/registry.js';
import { MmxError } from '../../errors.js';
import { type Setting, unseenIn } from '../../evaluation/settings.js';
import { modalityKinds } from '../../modalities/index.js';
import { aboveOf, isRole } from '../graph/roles.js';
import { askedSetting } from './asked-setting.js';
import { type CorpusInputs, inputsOfCorpus } from './corpus-inputs.js';
import type { ResolvedExperiment } from './experiment.js';
import { unknownName } from './unknown-name.js';

/** Findings that are gathered: what makes more of them is not looked at further. */
const mostFindings = 1000;

/** A finding, and whether it is about the pair of row and column of a table rather than about either. */
export interface ExperimentFinding extends Finding {
  readonly isMisfit?: boolean;
}

/** Where the user's own copies of corpora lie, by corpus name. */
export type LocalCorpora = Readonly<Record<string, string>>;

/**
 * Looks up the names of loaded experiments and checks that what they name fits together: what a schema, which
 * knows no corpus, cannot see.
 *
 * @throws ConfigError with every finding of every experiment; MmxError when a corpus is missing or damaged
 */
export function resolveExperiments(
  configs: readonly Resolved<Experiment>[],
  local: LocalCorpora,
): readonly ResolvedExperiment[] {
  checkExperiments(configs);
  const known = new Map<string, CorpusInputs>();
  return configs.map(({ value: experiment }) => {
    const corpus = corpusAsked(experiment.corpus);
    // Cells of a table mostly share their corpora, and a look at one reads files.
    const key = JSON.stringify([experiment.corpus, experiment.unlabelled, experiment.front_end]);
    const inputs = known.get(key) ?? inputsOfCorpus(corpus, experiment, (asked) => dataOf(asked, local));
    known.set(key, inputs);
    const names = modalityNames(corpus);
    const architecture = architecturesOf(names).find(({ name }) => name === experiment.architecture);
    const setting = askedSetting(experiment.setting, corpus, () => undefined);
    if (!architecture || !setting) throw new Error('an experiment without findings has known names');
    refuseLacking(corpus, setting, inputs);
    return { experiment, corpus, architecture, setting, ...inputs };
  });
}

/**
 * What can be told of experiments without reading their corpora: the one check of `mmx config check` and of all
 * commands that compute.
 *
 * @throws ConfigError with every finding of every experiment
 */
export function checkExperiments(configs: readonly Resolved<Experiment>[]): void {
  const findings: ExperimentFinding[] = [];
  for (const config of configs) {
    if (findings.length < mostFindings) findings.push(...findingsIn(config));
  }
  if (findings.length > 0) throw configErrorsAt(distinct(withColumns(findings)));
  checkOneEngine(configs);
}

/** @throws MmxError `corpora/modality` where a copy has none of a modality that an experiment reads */
function refuseLacking(corpus: Corpus, setting: Setting, { listed }: CorpusInputs): void {
  if (!listed) return;
  const { featureLearning, supervisedTraining, testing, name } = setting;
  const lacking = [...featureLearning, ...supervisedTraining, ...testing].find(
    (modality) => !listed.has.includes(modality),
  );
  if (lacking === undefined) return;
  throw new MmxError(
    'corpora/modality',
    `the copy of ${corpus.name} has no ${lacking}, which '${name}' needs`,
    {
      exitCode: 2,
      hint: `see what is there with: mmx data check ${corpus.name} --data ${corpus.name}=DIR`,
    },
  );
}

/** One run has one engine: rows computed by different ones would not share their stages. */
function checkOneEngine(configs: readonly Resolved<Experiment>[]): void {
  const [first] = configs;
  if (!first) return;
  for (const key of ['engine', 'tf32'] as const) {
    const other = configs.find(({ value }) => value[key] !== first.value[key]);
    if (other === undefined) continue;
    throw configErrorAt(
      other,
      key,
      `all cells of a run must have the same \`${key}\`; this cell has '${other.value[key]}', another cell has '${first.value[key]}'`,
    );
  }
}

/** Directory of a corpus that an experiment names: `--data` before its own `data`. */
export function dataOf(
  { name, data }: { readonly name: string; readonly data?: string | undefined },
  local: LocalCorpora,
): string | undefined {
  return local[name] ?? data;
}

const modalityNames = ({ modalities }: Corpus): readonly string[] => modalities.map(({ name }) => name);

/** What is wrong with one experiment beyond what a schema sees: names that are not known, parts that do not fit together. */
export function findingsIn(config: Resolved<Experiment>): ExperimentFinding[] {
  const { value: experiment } = config;
  const findings: ExperimentFinding[] = [];
  const find = (path: string, message: string): void => {
    findings.push({ config, path, message });
  };
  const misfit = (message: string): void => {
    findings.push({ config, path: 'setting', message, isMisfit: true });
  };
  const named = Object.hasOwn(corpora, experiment.corpus.name) ? corpora[experiment.corpus.name] : undefined;
  if (!named) {
    find('corpus.name', unknownName('corpus', experiment.corpus.name, Object.keys(corpora)));
    return findings;
  }
  checkInputs(experiment, named, find);
  // What is said of a corpus builds on how its modalities are read.
  if (findings.length > 0) return findings;
  const corpus = corpusAsked(experiment.corpus);
  const names = modalityNames(corpus);
  const architectures = architecturesOf(names);
  const architecture = architectures.find(({ name }) => name === experiment.architecture);
  const of = ` for ${corpus.name} (${names.join(', ')})`;
  if (!architecture) {
    find('architecture', unknownName('architecture', experiment.architecture, architectures.map(nameOf), of));
  }
  const setting = askedSetting(experiment.setting, corpus, find);
  if (architecture && setting) {
    const reason = unusable(architecture, setting, experiment.features.beside);
    if (reason) misfit(`'${architecture.name}' cannot be used in '${setting.name}': ${reason}`);
  }
  const unseen = setting && unseenIn(corpus.has, setting);
  if (unseen) misfit(`${corpus.name} has no ${unseen}, which '${setting.name}' shows the classifier`);
  if (architecture && !architecture.kind.supervised && experiment.evaluation.readout === 'head') {
    find(
      'evaluation.readout',
      `'${architecture.name}' learns without labels, so it has no head that classifies`,
    );
  }
  const tokens = corpus.modalities.find(({ range }) => range === 'tokens');
  if (tokens && architecture && setting && !architecture.kind.readsTokens && sees(setting, tokens.name)) {
    find(
      'architecture',
      `'${architecture.name}' cannot use tokens; set \`corpus.inputs.${tokens.name}.as: words\` to give it a bag of words`,
    );
  }
  checkPreset(experiment, corpus, find);
  checkModelOptions(experiment, find);
  if (setting) checkBeside(experiment, setting, names, find);
  if (architecture) checkMeasure(experiment, architecture, corpus, find);
  if (setting) checkUnits(experiment, setting, find);
  checkUnlabelled(experiment, corpus, find);
  checkRbmSections(experiment, corpus, find);
  if (architecture && setting && hasSoundOptions(experiment, architecture)) {
    const own = architecture.kind.findings?.({ experiment, architecture, setting, corpus }) ?? [];
    for (const { path, message } of own) find(path, message);
  }
  for (const modality of experiment.features.beside) {
    const beside = visibleUnitFindings({ experiment, corpus }, { [modality]: [modality] });
    for (const { path, message } of beside) find(path, message);
  }
  checkSizes(experiment, corpus, find);
  for (const weighted of Object.keys(experiment.autoencoder.loss_weights)) {
    if (!names.includes(weighted))
      find('autoencoder.loss_weights', unknownName('modality', weighted, names, of));
  }
  return findings;
}

const sees = ({ featureLearning, supervisedTraining, testing }: Setting, modality: string): boolean =>
  [featureLearning, supervisedTraining, testing].some((list) => list.includes(modality));

/** What a config says of how modalities are read. */
function checkInputs({ corpus: { inputs = {} } }: Experiment, corpus: Corpus, find: Find): void {
  const sections = Object.entries(inputs);
  if (corpus.kind !== 'listed') {
    if (sections.length > 0)
      find('corpus.inputs', `the modalities of ${corpus.name} are fixed and have no options`);
    return;
  }
  const isOwn = corpus.inputs.length === 0;
  const kinds = modalityKinds.map(({ kind }) => kind);
  if (isOwn && sections.length === 0) {
    find(
      'corpus.inputs',
      `must name at least one modality, for example \`{photo: {kind: image}, caption: {kind: text}}\``,
    );
  }
  for (const [name, section] of sections) {
    const path = `corpus.inputs.${name}`;
    const own = corpus.inputs.find((input) => input.name === name);
    const { kind: written, ...options } = section;
    if (!isOwn && !own) {
      find(path, unknownName('modality', name, corpus.inputs.map(nameOf), ` for ${corpus.name}`));
      continue;
    }
    const taken = isOwn && otherMeaning(name);
    if (taken) {
      find(path, taken);
      continue;
    }
    const kind = own?.kind ?? modalityKinds.find((one) => one.kind === written);
    if (!kind) {
      const what = written === undefined ? '' : String(written);
      find(
        `${path}.kind`,
        written === undefined
          ? `is missing; it must be one of ${kinds.join(', ')}`
          : unknownName('kind', what, kinds),
      );
      continue;
    }
    if (own && written !== undefined && written !== kind.kind) {
      find(`${path}.kind`, `${name} of ${corpus.name} is of the kind ${kind.kind}`);
    }
    const values = { ...own?.options, ...options };
    for (const problem of problemsOf(kind.options, values, ['corpus', 'inputs', name])) {
      find(problem.path, problem.message);
    }
  }
}

/** Why a modality of the user's own cannot have a name. */
function otherMeaning(name: string): string | undefined {
  if (ownColumns.includes(name)) {
    return `the column \`${name}\` of the list is not a modality: it gives the part, class or group of an example`;
  }
  // Maps of what belongs to a modality are plain objects.
  const isOther = isRole(name) || architectureKinds.some(({ family }) => family === name) || name in {};
  return isOther ? `the name '${name}' is reserved: give the modality another name` : undefined;
}

function checkPreset({ corpus: { preset } }: Experiment, corpus: Corpus, find: Find): void {
  if (corpus.kind === 'examples' || corpus.presets === undefined || preset === undefined) return;
  if (!corpus.presets.includes(preset)) {
    find('corpus.preset', unknownName('preset', preset, corpus.presets, ` of ${corpus.name}`));
  }
}

type Find = (path: string, message: string) => void;

function checkBeside(
  { features: { beside } }: Experiment,
  { name, supervisedTraining, testing }: Setting,
  names: readonly string[],
  find: Find,
): void {
  for (const modality of beside) {
    if (!names.includes(modality)) {
      find('features.beside', unknownName('modality', modality, names));
    } else if (![supervisedTraining, testing].every((shown) => shown.includes(modality))) {
      find('features.beside', `'${name}' does not show ${modality} in supervised training and in testing`);
    }
  }
}

function checkModelOptions({ models }: Experiment, find: Find): void {
  const known = architectureKinds.filter(({ options }) => options);
  for (const [family, values] of Object.entries(models)) {
    const kind = known.find((one) => one.family === family);
    if (!kind) {
      find(
        `models.${family}`,
        unknownName(
          'architecture with options',
          family,
          known.map((one) => one.family),
        ),
      );
      continue;
    }
    if (!kind.options) continue;
    for (const { path, message } of problemsOf(kind.options, values, ['models', family])) find(path, message);
  }
}

/** What is said of an architecture's options may build on them. */
const hasSoundOptions = ({ models }: Experiment, { kind, family }: Architecture): boolean =>
  kind.options === undefined || kind.options.safeParse(models[family] ?? {}).success;

function checkMeasure(
  { measure }: Experiment,
  { kind, name }: Architecture,
  corpus: Corpus,
  find: Find,
): void {
  if (unitMeasureOf(measure) && !kind.jointLayer) {
    const measuredUnits = architectureKinds
      .filter(({ jointLayer }) => jointLayer)
      .map(({ family }) => family);
    find(
      'measure',
      `unimodal units are counted for ${measuredUnits.join(', ')} only; '${name}' has no bimodal units`,
    );
  }
  if (typeof measure === 'object' && corpus.classes.length > 0) {
    const known = [...corpus.classes, 'none'];
    if (!known.includes(measure.of)) find('measure.of', unknownName('class', measure.of, known));
    if (!corpus.classes.includes(measure.answer)) {
      find('measure.answer', unknownName('class', measure.answer, corpus.classes));
    }
  }
}

function checkUnits({ measure }: Experiment, { name, featureLearning }: Setting, find: Find): void {
  if (unitMeasureOf(measure) && featureLearning.length > 2) {
    find(
      'measure',
      `unimodal units are counted for two modalities only; '${name}' learns from ${featureLearning.join(', ')}`,
    );
  }
}

function checkUnlabelled({ unlabelled, evaluation }: Experiment, corpus: Corpus, find: Find): void {
  unlabelled.forEach(({ name, stands_in_for: missed }, index) => {
    const other = Object.hasOwn(corpora, name) ? corpora[name] : undefined;
    const path = `unlabelled.${index}`;
    if (missed !== undefined && !Object.hasOwn(corpora, missed)) {
      find(`${path}.stands_in_for`, unknownName('corpus', missed, Object.keys(corpora)));
    }
    if (!other) find(path, unknownName('corpus', name, Object.keys(corpora)));
    else if (other.kind !== 'clips' || corpus.kind !== 'clips') {
      find(
        path,
        `only corpora of clips can be pooled, and ${other.kind === 'clips' ? corpus.name : name} is none`,
      );
    }
  });
  if (evaluation.noise && corpus.kind !== 'clips') {
    find('evaluation.noise', `${corpus.name} has no sound to add noise to`);
  }
  if (evaluation.noise && evaluation.protocol === 'test-folds') {
    find(
      'evaluation.noise',
      'noise cannot be added in folds of the test part: use `protocol: train-test` or `train-folds`',
    );
  }
}

function checkRbmSections(experiment: Experiment, corpus: Corpus, find: Find): void {
  const names = modalityNames(corpus);
  const known = [...names, ...names.map(aboveOf), 'joint', 'shallow'];
  for (const name of Object.keys(experiment.rbm)) {
    if (!known.includes(name)) find(`rbm.${name}`, unknownName('RBM', name, known, ` for ${corpus.name}`));
    if (typeof rbmConfig(experiment, name).sparsity.target !== 'number' && !names.includes(name)) {
      find(
        `rbm.${name}.sparsity.target`,
        `a list of targets is cross-validated for the RBM of a modality (${names.join(', ')}) only`,
      );
    }
  }
}

function checkSizes(experiment: Experiment, corpus: Corpus, find: Find): void {
  const { corpus: asked } = experiment;
  if (corpus.kind === 'clips') {
    if (asked.held_out !== undefined) {
      find(
        'corpus.held_out',
        `${corpus.name} is made of clips; to choose hyperparameters without its test part, set evaluation.protocol: train-folds (of a sweep, select: {folds: 5})`,
      );
    }
    return;
  }
  const { size } = corpus;
  if (size === undefined) return;
  for (const part of ['train', 'test'] as const) {
    const count = asked[part];
    if (count !== undefined && count > size[part]) {
      find(`corpus.${part}`, `${corpus.name} has ${size[part]} ${part} examples, but ${count} are requested`);
    }
  }
  const kept = asked.train ?? size.train;
  if (asked.held_out !== undefined && asked.held_out >= kept) {
    find(
      'corpus.held_out',
      `holding out ${asked.held_out} of ${kept} training examples leaves none for training`,
    );
  }
}

/** Says of pairs of row and column that do not go together how the row leaves those columns out. */
function withColumns(findings: readonly ExperimentFinding[]): readonly Finding[] {
  const unfit = new Map<string, Set<string>>();
  for (const { config, isMisfit } of findings) {
    const cell = isMisfit ? cellPlace(config) : undefined;
    if (cell) unfit.set(cell.at, (unfit.get(cell.at) ?? new Set()).add(cell.column));
  }
  return findings.map((finding) => {
    const cell = finding.isMisfit ? cellPlace(finding.config) : undefined;
    if (!cell) return finding;
    const { row, column, columns, at } = cell;
    const left = columns.filter((id) => !unfit.get(at)?.has(id));
    const help =
      left.length > 0
        ? `\`columns: [${left.join(', ')}]\` in the row leaves it out`
        : 'no column of the row is left';
    return { ...finding, message: `row '${row}', column '${column}': ${finding.message}; ${help} (${at})` };
  });
}

const nameOf = ({ name }: { readonly name: string }): string => name;

/** Cells of a table share most of their values: each finding is told once. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ config, path, message }) => {
    const key = JSON.stringify([config.origins[path], path, message]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
