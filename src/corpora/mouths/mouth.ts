/** A mouth in one picture, in pixels; x to the right, y downwards. */
export interface Mouth {
  /** Centre of the outline of the lips. */
  readonly x: number;
  readonly y: number;
  /** From one corner of the lips to the other. */
  readonly width: number;
}

/** A grey picture to look for a mouth in, 0 to 255, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What the process of a detector says. */
export type FromDetector =
  /** Once, at the beginning: what looks for the mouths, with its version. */
  | { readonly type: 'ready'; readonly name: string }
  /** Instead: a package it needs is not there. */
  | { readonly type: 'missing'; readonly module: string }
  /** Last, when it cannot go on. */
  | { readonly type: 'failed'; readonly reason: string }
  /** The answer to a picture; null where it sees no face. */
  | { readonly type: 'mouth'; readonly mouth: Mouth | null };
