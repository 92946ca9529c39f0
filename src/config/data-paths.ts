import { dirname, isAbsolute, join } from 'node:path';
import type { ConfigNode, MapNode } from './tree.js';

/** Keys whose values are corpora, one or a list of them. */
const corpusKeys = new Set(['corpus', 'unlabelled']);

/**
 * The same tree with the folders of copies (`data` of a corpus) counted from the folder of the file that names them, as
 * the paths of `extends` are. Those of the command line count from the working directory and stay.
 */
export function withDataPaths(tree: MapNode): MapNode {
  return walk(tree, false) as MapNode;
}

function walk(node: ConfigNode, isCorpus: boolean): ConfigNode {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => walk(item, isCorpus)) };
  const entries = new Map(
    [...node.entries].map(([key, entry]) => {
      const inner =
        isCorpus && key === 'data' ? fromItsFile(entry.node) : walk(entry.node, corpusKeys.has(key));
      return [key, { ...entry, node: inner }] as const;
    }),
  );
  return { ...node, entries };
}

function fromItsFile(node: ConfigNode): ConfigNode {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.at.source.kind !== 'file') return node;
  if (node.value === '' || isAbsolute(node.value)) return node;
  return { ...node, value: join(dirname(node.at.source.name), node.value) };
}
