import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { manifestIfThere, type RunManifest } from '../../src/pipeline/runs/manifest.js';
import { reasonOf } from './kept.js';

/** Results that are committed, with what they were computed from. */
export interface Reference {
  /** Its folder below that of all references, with slashes. */
  readonly name: string;
  readonly folder: string;
  /** Of its folder, and of those of its tables that lie below it; the folder's own first. */
  readonly manifests: readonly FoundManifest[];
  /** Why it is not compared; undefined where it is. */
  readonly kept: string | undefined;
}

export interface FoundManifest {
  readonly path: string;
  /** Of the folder that the manifest lies in, as in {@link Reference}. */
  readonly name: string;
  readonly manifest: RunManifest;
}

/**
 * Every reference below a folder, by name. The results of one command are one reference: its manifest lies above those of
 * its tables. A folder in which nothing has a manifest is one too.
 *
 * @throws MmxError `pipeline/manifest` when a manifest cannot be read
 */
export function findReferences(root: string): readonly Reference[] {
  const found: Reference[] = [];
  const visit = (folder: string): void => {
    const name = nameOf(root, folder);
    const manifests = manifestsBelow(root, folder);
    const kept = reasonOf(name);
    const [first] = manifests;
    const isOne = first?.name === name || manifests.length === 0 || kept !== undefined;
    if (isOne) found.push({ name, folder, manifests, kept });
    else for (const inner of foldersIn(folder)) if (hasManifest(inner)) visit(inner);
  };
  for (const folder of foldersIn(root)) visit(folder);
  return found;
}

const nameOf = (root: string, folder: string): string => relative(root, folder).replaceAll('\\', '/');

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort();

function manifestsBelow(root: string, folder: string): readonly FoundManifest[] {
  const path = join(folder, 'manifest.json');
  const manifest = manifestIfThere(path);
  const own = manifest === undefined ? [] : [{ path, name: nameOf(root, folder), manifest }];
  return [...own, ...foldersIn(folder).flatMap((inner) => manifestsBelow(root, inner))];
}

const hasManifest = (folder: string): boolean => manifestsBelow(folder, folder).length > 0;
