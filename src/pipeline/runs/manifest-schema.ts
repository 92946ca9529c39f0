import { z } from 'zod';
import {
  argument,
  asWritten,
  bounded,
  count,
  distinct,
  hash,
  instant,
  list,
  seconds,
  sha256,
  text,
} from '../graph/stored-values.js';
import type { RecordedConfig, RunManifest } from './manifest.js';

const ids = distinct(z.looseObject({ id: text }), ({ id }) => id);

const seed = z.int();

/** Experiments and their seeds together: ten times what one configuration may plan. */
const mostRuns = 100_000;

const shown = list(text).min(1);
const settingLists = z.looseObject({
  learn: shown.exactOptional(),
  train: shown,
  test: shown.exactOptional(),
});

/** Experiments of every version: what a later one has beside is kept, what an earlier one lacked may be absent. */
const experiment = z.looseObject({
  corpus: z.looseObject({ name: text }),
  architecture: text,
  setting: z.union([text, settingLists]),
  seeds: distinct(seed, (value) => value, 1000).min(1),
  features: z.looseObject({ beside: list(text).exactOptional() }).exactOptional(),
});

const values: z.ZodType<RecordedConfig> = z
  .looseObject({
    config: z
      .looseObject({
        architecture: text.exactOptional(),
        rows: ids.exactOptional(),
        columns: ids.exactOptional(),
      })
      .exactOptional(),
    cells: list(z.looseObject({ row: text, column: text })).exactOptional(),
    experiments: list(experiment, mostRuns).exactOptional(),
  })
  .refine(
    ({ experiments = [] }) => experiments.reduce((sum, { seeds }) => sum + seeds.length, 0) <= mostRuns,
    { message: `have more than ${mostRuns} seeds together`, path: ['experiments'] },
  )
  // A run of several tables has more experiments than cells: an older mmx recorded those of its first table.
  .refine(({ cells = [], experiments = [] }) => cells.length <= experiments.length, {
    message: 'are more than there are experiments',
    path: ['cells'],
  });

const stage = z.looseObject({
  hash,
  kind: text,
  label: text,
  end: z.enum(['ran', 'reused', 'unneeded', 'failed', 'skipped', 'interrupted', 'not-started']),
  seconds: seconds.nullable(),
  created: instant.nullable(),
  engine: text.nullable(),
  cells: list(text).exactOptional(),
});

const engine = z.looseObject({
  name: text,
  description: text,
  versions: z.record(text, text),
  declined: list(z.looseObject({ name: text, reason: text })),
});

const config = z.looseObject({
  file: argument,
  values: bounded(values),
  origins: z.record(text, text),
  files: z.record(argument, sha256),
  overrides: list(argument),
});

const outcome = z.looseObject({
  quantity: text,
  unit: text,
  values: list(z.number(), mostRuns).min(1),
  cells: count,
});

/** `manifest.json`, and the records of runs. */
export const manifestSchema: z.ZodType<RunManifest> = asWritten<RunManifest>(
  z.looseObject({
    format: z.literal(1, 'is from another version of mmx'),
    command: list(argument),
    mmx: text,
    commit: text.nullable(),
    node: text,
    platform: text,
    cpu: text,
    cores: count,
    memoryBytes: count,
    engine,
    launcher: z.enum(['local', 'slurm']).exactOptional(),
    jobs: count,
    threads: count,
    config,
    seeds: list(seed),
    started: instant,
    ended: instant,
    seconds,
    peakRssBytes: count,
    notes: list(text, 10_000).exactOptional(),
    stages: distinct(stage, (one) => one.hash, 200_000),
    files: z.record(text, sha256).exactOptional(),
    out: list(argument).exactOptional(),
    outcome: outcome.exactOptional(),
    repeated: instant.exactOptional(),
  }),
);
