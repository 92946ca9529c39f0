import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Experiment, Origin, Resolved, ResolvedTable } from '../../config/index.js';
import type { Json } from '../../json.js';
import type { ManifestConfig } from '../../pipeline/runs/manifest.js';
import type { Request } from './stages.js';

/** What a manifest says of the configuration behind a run: values, where each came from, files and their checksums. */
export function manifestConfig(
  request: Request,
  experiments: readonly Resolved<Experiment>[],
): ManifestConfig<Json> {
  const files = [...new Set([request.config, ...experiments].flatMap(({ files }) => files))];
  const { value } = request.config;
  return {
    file: files[0] ?? '',
    values: JSON.parse(
      JSON.stringify({
        config: value,
        ...cellsOf(request.config, experiments.length),
        experiments: experiments.map((one) => one.value),
      }),
    ) as Json,
    origins: originsOf([request.config, ...experiments]),
    files: Object.fromEntries(
      files.map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]),
    ),
    overrides: request.overrides,
  };
}

/** Of a table: which experiment is which cell, in their order. A run of several tables has more experiments. */
function cellsOf(config: Resolved<unknown>, experiments: number): object {
  if (!('cells' in config)) return {};
  const { cells } = config as ResolvedTable;
  if (cells.length !== experiments) return {};
  return { cells: cells.map(({ row, column }) => ({ row, column })) };
}

/** By dotted path; where the experiments of a table got a value from several places, all of them. */
function originsOf(configs: readonly Resolved<unknown>[]): Record<string, string> {
  const texts = new Map<string, Set<string>>();
  for (const { origins } of configs) {
    for (const [path, origin] of Object.entries(origins)) {
      texts.set(path, (texts.get(path) ?? new Set()).add(originText(origin)));
    }
  }
  return Object.fromEntries([...texts].map(([path, places]) => [path, [...places].join('; ')]));
}

function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`;
    case 'override':
      return `command line: ${origin.text}`;
    case 'default':
      return 'default';
  }
}
