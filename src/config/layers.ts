import { nearest } from '../edit-distance.js';
import { withDataPaths } from './data-paths.js';
import { documentSchema, languageKeys, languageSchema } from './layer-schema.js';
import type { Problems } from './problems.js';
import { type Resolved, resolved } from './resolved.js';
import type { Experiment } from './schema.js';
import { type MapNode, mergeMaps, nodeAt, only, type Path, type Place, without } from './tree.js';
import { validate } from './validate.js';
import { brief, briefList } from './wording.js';

export interface LoadOptions {
  /**
   * Whether a copy of a corpus can be used: `data` is `corpus.data`, the directory the configuration names.
   * Where it cannot, the experiment's `stand_in` takes its place. Without this function nothing stands in.
   */
  readonly hasCorpus?: (name: string, data: string | undefined) => boolean;
}

export interface StandIn {
  /** Name of the corpus stood in for. */
  readonly corpus: string;
}

export interface ResolvedExperiment extends Resolved<Experiment> {
  /** Present when the experiment's `stand_in` was used, for want of the corpus it asks for. */
  readonly standIn?: StandIn;
}

/** An experiment with everything laid over it, before validation. */
export interface Composed {
  /** Without the keys of the configuration language. */
  readonly tree: MapNode;
  /** Those keys alone: `scales` and `stand_in`. */
  readonly language: MapNode;
  readonly standIn: StandIn | undefined;
  /** The scale asked for, and that of a stand-in whether it is used or not, where they are not `known`. */
  readonly unknownScales: readonly { readonly name: string; readonly at: Place }[];
  /** Names that `scale` may have; `paper`, what is written without any scale, always among them. */
  readonly known: readonly string[];
}

/** The scale of an experiment that names none: as written. */
export const paperScale = 'paper';

/**
 * A merged experiment under its stand-in where its corpus has no copy, under its scale, under the command line.
 *
 * The command line is laid on twice: it has a say in which corpus and which scale are meant, and the last word
 * on every value.
 */
export function compose(written: MapNode, overrides: MapNode | undefined, options: LoadOptions): Composed {
  const merged = withDataPaths(written);
  const lay = (map: MapNode) => ({ ...(overrides ? mergeMaps(map, overrides) : map), at: merged.at });
  const standIn = standInFor(lay(merged), overrides, options);
  const base = standIn ? layOver(merged, standIn.overlay) : merged;
  const asked = lay(base);
  const scales = nodeAt(asked, ['scales']);
  const known = new Set([paperScale]);
  if (scales?.kind === 'map') {
    for (const name of scales.entries.keys()) if (nodeAt(scales, [name])) known.add(name);
  }
  const name = textAt(asked, ['scale']) ?? paperScale;
  const overlay = nodeAt(asked, ['scales', name]);
  const tree = overlay?.kind === 'map' ? lay(layOver(base, overlay)) : asked;
  return {
    tree: without(tree, languageKeys),
    language: only(asked, languageKeys),
    standIn: standIn && { corpus: standIn.corpus },
    unknownScales: [['scale'], ['stand_in', 'scale']].flatMap((path) => {
      const node = nodeAt(asked, path);
      const scale = textAt(asked, path);
      return node && scale !== undefined && !known.has(scale) ? [{ name: scale, at: node.at }] : [];
    }),
    known: [...known],
  };
}

/** An overlay that itself took the place of something (a null) is still merged into the experiment. */
function layOver(experiment: MapNode, overlay: MapNode): MapNode {
  return mergeMaps(experiment, { ...overlay, replaces: false });
}

/**
 * What is to be laid over an experiment for want of its corpus, and for which corpus. Whoever names a corpus or
 * its directory on the command line means that one: nothing stands in for it.
 */
function standInFor(
  asked: MapNode,
  overrides: MapNode | undefined,
  { hasCorpus = () => true }: LoadOptions,
): { overlay: MapNode; corpus: string } | undefined {
  const overlay = nodeAt(asked, ['stand_in']);
  const corpus = textAt(asked, ['corpus', 'name']);
  if (overlay?.kind !== 'map' || corpus === undefined) return undefined;
  if (overrides && (nodeAt(overrides, ['corpus', 'name']) || nodeAt(overrides, ['corpus', 'data'])))
    return undefined;
  if (hasCorpus(corpus, textAt(asked, ['corpus', 'data']))) return undefined;
  const own = overlay.entries.get('corpus');
  if (own?.node.kind !== 'map') return { overlay, corpus };
  const whole = { ...own, node: { ...own.node, replaces: true } };
  return { overlay: { ...overlay, entries: new Map(overlay.entries).set('corpus', whole) }, corpus };
}

function textAt(tree: MapNode, path: Path): string | undefined {
  const node = nodeAt(tree, path);
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/**
 * Validates what {@link compose} gave.
 *
 * @param prefix put before each sentence: `row cca, column left-to-right: `
 * @returns undefined after adding problems
 */
export function validateComposed(
  { tree, language, standIn }: Composed,
  files: readonly string[],
  problems: Problems,
  prefix = '',
): ResolvedExperiment | undefined {
  const overlays = validate(languageSchema, language, problems, { prefix });
  const value = validate(documentSchema, tree, problems, { prefix });
  if (!overlays || !value) return undefined;
  const { scales: _, stand_in: __, ...experiment } = value;
  return Object.assign(resolved<Experiment>(experiment, tree, files), standIn ? { standIn } : {});
}

/** Scales that do not exist, told where they are asked for. */
export function addUnknownScales(
  { unknownScales, known }: Composed,
  problems: Problems,
  prefixOf: (scale: string) => string = () => '',
): void {
  for (const { name, at } of unknownScales) {
    problems.add('config/unknown-scale', at, () => {
      const near = nearest(name, known);
      const help = near ? `did you mean \`${brief(near)}\`?` : `scales: ${briefList(known)}`;
      return `${prefixOf(name)}there is no scale \`${brief(name)}\`; ${help}`;
    });
  }
}
