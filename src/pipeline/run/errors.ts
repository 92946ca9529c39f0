import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExitCode, MmxError } from '../../errors.js';
import { limitError } from '../../process-limits.js';
import { ArtifactError } from '../store/damage.js';
import { makeDirectory } from '../store/files.js';

/** An `MmxError` on its way between processes. */
export interface SerialisedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: ExitCode;
  /** Hash of the artifact that is damaged or gone. */
  readonly artifact?: string;
}

export function serialiseError(error: MmxError): SerialisedError {
  const { code, message, hint, exitCode } = error;
  return {
    code,
    message,
    exitCode,
    ...(hint === undefined ? {} : { hint }),
    ...(error instanceof ArtifactError ? { artifact: error.artifact } : {}),
  };
}

export function deserialiseError(error: SerialisedError): MmxError {
  const { code, message, hint, exitCode, artifact } = error;
  const told = hint === undefined ? {} : { hint };
  if (artifact !== undefined && (code === 'store/corrupted' || code === 'store/missing')) {
    return new ArtifactError(code, message, artifact, told);
  }
  return new MmxError(code, message, { exitCode, ...told });
}

/**
 * An `MmxError` as it is; a limit of the system that was reached, in a sentence that names it; anything else as `internal`, with what is known about it kept in a log file that the
 * sentence names.
 *
 * @param subject what failed, as the subject of the sentence: `Stage "rbm left, seed 1"`
 * @param details text for the log instead of the error's stack, such as what a dead process wrote
 */
export function toMmxError(
  error: unknown,
  subject: string,
  logDirectory: string,
  details?: string,
): MmxError {
  if (error instanceof MmxError) return error;
  const limit = limitError(error, subject);
  if (limit !== undefined) return limit;
  const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const log = keepLog(logDirectory, `${subject}\n${details ?? stack}\n`);
  const where = log === undefined ? '' : `; the details are in ${log}`;
  return new MmxError('internal', `${subject} failed unexpectedly: ${reason}${where}.`, {
    hint: 'This is a defect of mmx: please report it with that file.',
    cause: error,
  });
}

/** @returns the file, or undefined when it could not be written: the failure itself matters more */
export function keepLog(directory: string, text: string): string | undefined {
  const time = new Date().toISOString().replaceAll(':', '').replace('.', '-');
  const path = join(directory, `${time}-${process.pid}.log`);
  try {
    makeDirectory(directory);
    writeFileSync(path, text, { flag: 'a' });
    return path;
  } catch {
    return undefined;
  }
}
