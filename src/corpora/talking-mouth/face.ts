/** What one speaker's mouth looks like. Lengths in pixels of the 80x60 picture, tones in grey levels. */
export interface Face {
  /** Half the distance between the corners of the resting mouth. */
  readonly halfWidth: number;
  readonly upperLip: number;
  readonly lowerLip: number;
  /** Depth of the notch in the middle of the upper lip's edge. */
  readonly cupidsBow: number;
  /** Distance the corners lie below (positive) or above the middle. */
  readonly cornerDrop: number;
  /** Distance between the lips at opening 1. */
  readonly maximalOpening: number;
  readonly skin: number;
  readonly lips: number;
  readonly teeth: number;
  /** Width of a front tooth. */
  readonly tooth: number;
  readonly tongue: number;
  /** Tone of the dark between the lips. */
  readonly cavity: number;
  /** Strength of the skin's grain, and of stubble around the lips. */
  readonly grain: number;
  readonly stubble: number;
  /** Strength of the folds from the nose past the corners. */
  readonly folds: number;
  /** Direction of the light, −1 left to 1 right and −1 below to 1 above, times its strength. */
  readonly lightX: number;
  readonly lightY: number;
  /** How much the lower lip shines. */
  readonly gloss: number;
  /** Grain of the skin over the face, {@link grainSize}², mean 0, deviation 1. */
  readonly texture: Float32Array;
}

/** Side of the square of pixels that {@link Face.texture} covers, centred on the mouth. */
export const grainSize = 128;

/** Where the mouth is in the picture. */
export interface Placement {
  /** Centre, in pixels from the middle of the picture. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** Radians, clockwise. */
  readonly roll: number;
  /** Factor of the light. */
  readonly exposure: number;
}
