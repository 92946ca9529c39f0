import { MmxError } from '../../errors.js';

/** A stored artifact that is damaged or gone. Whoever can compute it anew does; others say which command does. */
export class ArtifactError extends MmxError {
  readonly artifact: string;

  /** @param artifact its hash */
  constructor(
    code: 'store/corrupted' | 'store/missing',
    message: string,
    artifact: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
    this.name = 'ArtifactError';
    this.artifact = artifact;
  }
}
