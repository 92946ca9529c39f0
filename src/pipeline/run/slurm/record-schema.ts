import { z } from 'zod';
import {
  argument,
  byName,
  count,
  distinct,
  hash,
  json,
  list,
  seconds,
  text,
} from '../../graph/stored-values.js';
import { runId } from '../../runs/mark-schema.js';
import { storedError, storedProgress } from '../event-schema.js';
import type { TaskId } from './commands.js';
import type { ArrayFile, PlacedTask, RecordedStage, SlurmRecord, TaskStatus } from './record.js';

/** As `sbatch` gives it; an argument of `squeue` and `scancel`. */
const job = z.string().regex(/^\d{1,18}$/, 'is not a job number');

const task: z.ZodType<PlacedTask> = z.object({ hash, job, index: count, directory: argument });

const stage: z.ZodType<RecordedStage> = z.object({
  hash,
  kind: text,
  label: text,
  cost: z.number().positive().max(1e15),
  inputs: byName(hash),
});

export const recordSchema: z.ZodType<SlurmRecord> = z
  .object({
    id: runId,
    command: list(argument),
    launcher: z.literal('slurm'),
    host: text,
    pid: count,
    started: text,
    hashes: list(hash, 200_000),
    targets: list(hash, 200_000),
    stages: distinct(stage, (one) => one.hash, 200_000),
    tasks: distinct(task, (one) => one.hash, 200_000),
  })
  .superRefine(({ stages, targets, tasks }, context) => {
    const wrong = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const known = new Set<string>();
    for (const [index, { hash: own, inputs }] of stages.entries()) {
      for (const [role, input] of Object.entries(inputs)) {
        if (!known.has(input)) wrong(['stages', index, 'inputs', role], 'names no stage before it');
      }
      known.add(own);
    }
    for (const [index, target] of targets.entries())
      if (!known.has(target)) wrong(['targets', index], 'names no stage');
    for (const [index, placed] of tasks.entries())
      if (!known.has(placed.hash)) wrong(['tasks', index, 'hash'], 'names no stage');
  });

export const statusSchema: z.ZodType<TaskStatus> = z.object({
  task: z.custom<TaskId>(
    (value) => typeof value === 'string' && /^\d{1,18}_\d{1,10}$/.test(value),
    'is not a task',
  ),
  node: text,
  state: z.enum(['running', 'done', 'failed', 'interrupted']),
  restarts: count,
  started: seconds,
  updated: seconds,
  progress: storedProgress.exactOptional(),
  warnings: list(text),
  seconds: seconds.exactOptional(),
  peakRssBytes: count.exactOptional(),
  stored: z.enum(['stored', 'reused']).exactOptional(),
  error: storedError.exactOptional(),
});

export const arraySchema: z.ZodType<ArrayFile> = z.object({
  setup: z.object({
    store: argument,
    checkpointDirectory: argument,
    checkpointSeconds: z.number().positive(),
    logDirectory: argument,
    engine: text,
    threads: z.int().positive(),
    local: byName(argument),
  }),
  worker: argument,
  jobs: byName(
    z.object({ hash, kind: text, version: z.number(), label: text, parameters: json, inputs: byName(hash) }),
  ),
});
