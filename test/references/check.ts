import { dirname } from 'node:path';
import { MmxError } from '../../src/errors.js';
import { buildGraph } from '../../src/pipeline/graph/graph.js';
import type { LocalCorpora } from '../../src/pipeline/plan/resolve.js';
import { dataOfCommand, identityOf } from '../../src/pipeline/runs/cells.js';
import { refuseMixed } from '../../src/report/files/file-set.js';
import { explain } from './explain.js';
import type { FoundManifest, Reference } from './find.js';
import { presentRun } from './present.js';

/** What the present code makes of the stages that the manifests of a reference name. */
export interface Checked {
  readonly name: string;
  /** Stages that the manifests name: of its folder, or of each of its tables where only they have one. */
  readonly stages: number;
  readonly same: number;
  /** Stages of another identity, and stages that the manifests do not name. */
  readonly differing: number;
  readonly skipped: number;
  /** Why stages were skipped. */
  readonly reason?: string;
  /** What differs, a sentence each. */
  readonly differences: readonly string[];
}

/**
 * Compares the stages that the manifests of a reference name with those that its command would compute now. Nothing is
 * computed.
 *
 * @param copies directories of the user's copies, by corpus
 */
export async function checkReference(reference: Reference, copies: LocalCorpora): Promise<Checked> {
  const { name, manifests, kept } = reference;
  const stages = manifests.reduce((sum, { manifest }) => sum + manifest.stages.length, 0);
  const nothing = { name, stages, same: 0, differing: 0, skipped: 0, differences: [] };
  if (kept !== undefined) return { ...nothing, skipped: stages, reason: kept };
  if (manifests.length === 0) {
    return { ...nothing, differing: 1, differences: [`${name} has no manifest, and no reason is given why`] };
  }
  const missing = missingCopies(reference, copies);
  if (missing.length > 0) {
    const options = missing.map((corpus) => `--data ${corpus}=DIR`).join(' ');
    return { ...nothing, skipped: stages, reason: `needs ${options}` };
  }
  const found = await Promise.all(manifests.map((one) => compared(one, one.name === name, copies)));
  return {
    ...nothing,
    same: found.reduce((sum, { same }) => sum + same, 0),
    differing: found.reduce((sum, { differing }) => sum + differing, 0),
    differences: found.flatMap(({ differences }) => differences),
  };
}

/** Corpora that the commands of a reference name a copy of, and that none is given of. */
export function missingCopies({ manifests }: Reference, copies: LocalCorpora): readonly string[] {
  const needed = manifests.flatMap(({ manifest }) => Object.keys(dataOfCommand(manifest.command)));
  return [...new Set(needed)].filter((corpus) => !Object.hasOwn(copies, corpus));
}

/** Copies that a command names; others would change what it learns from. */
export const copiesOf = (command: readonly string[], copies: LocalCorpora): LocalCorpora =>
  Object.fromEntries(
    Object.keys(dataOfCommand(command)).flatMap((corpus) => {
      const directory = copies[corpus];
      return directory === undefined ? [] : [[corpus, directory]];
    }),
  );

async function compared(
  { path, name, manifest }: FoundManifest,
  isWhole: boolean,
  copies: LocalCorpora,
): Promise<Pick<Checked, 'same' | 'differing' | 'differences'>> {
  const data = copiesOf(manifest.command, copies);
  const recorded = manifest.stages.map(({ hash }) => hash);
  try {
    refuseMixed(dirname(path));
    const present = await presentRun({ path, manifest, isWhole }, data);
    const graph = buildGraph(await present.targetsOf(present.prepared), identityOf(manifest));
    const same = recorded.filter((hash) => graph.stages.has(hash)).length;
    const differing = Math.max(recorded.length, graph.stages.size) - same;
    if (differing === 0) return { same, differing, differences: [] };
    const sentences = await explain({ path, manifest, data }, present, graph);
    return { same, differing, differences: sentences.map((sentence) => `${name}: ${sentence}`) };
  } catch (error) {
    if (!(error instanceof MmxError)) throw error;
    return { same: 0, differing: recorded.length, differences: [`${name}: ${error.message}`] };
  }
}
