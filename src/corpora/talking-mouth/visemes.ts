/** Where the visible articulators are, or want to be. All 0 to 1; one row of {@link visemes} is a target. */
export interface MouthShape {
  /** Between the lips: 0 closed, 1 as in a shouted /aa/. */
  readonly opening: number;
  /** Corner to corner: 0 pursed, 1 spread. */
  readonly width: number;
  /** Lips pushed forward. */
  readonly rounding: number;
  /** Upper lip raised off the teeth. */
  readonly teeth: number;
  /** Tongue raised to where it is seen. */
  readonly tongue: number;
  /** Lower lip tucked under the upper teeth. */
  readonly bite: number;
}

export const shapeKeys = ['opening', 'width', 'rounding', 'teeth', 'tongue', 'bite'] as const;
export type ShapeKey = (typeof shapeKeys)[number];

export interface Viseme {
  readonly target: MouthShape;
  /**
   * How firmly a phone holds its target against its neighbours' (the α of Cohen and Massaro 1993): closures and
   * roundings do not yield, the tongue-back consonants leave the lips to the vowels beside them.
   */
  readonly dominance: MouthShape;
}

const shape = (
  opening: number,
  width: number,
  rounding: number,
  teeth: number,
  tongue: number,
  bite: number,
): MouthShape => ({ opening, width, rounding, teeth, tongue, bite });

/**
 * Targets of the viseme classes of Jeffers and Barley (1971), finer among the vowels: they group what a
 * speechreader confuses, which here follows from targets that lie near each other.
 */
export const visemes = {
  bilabial: { target: shape(0, 0.55, 0.1, 0, 0, 0), dominance: shape(30, 0.5, 0.5, 1, 1, 2) },
  labiodental: { target: shape(0.1, 0.6, 0, 0.75, 0, 1), dominance: shape(9, 0.6, 1, 4, 1, 12) },
  dental: { target: shape(0.2, 0.6, 0, 0.45, 1, 0), dominance: shape(3, 0.5, 0.8, 2, 8, 1) },
  alveolar: { target: shape(0.2, 0.65, 0, 0.6, 0.4, 0), dominance: shape(2, 0.5, 0.5, 2, 3, 1) },
  sibilant: { target: shape(0.16, 0.7, 0, 0.8, 0.1, 0), dominance: shape(4, 0.8, 0.8, 3, 2, 1) },
  postalveolar: { target: shape(0.25, 0.4, 0.6, 0.7, 0.1, 0), dominance: shape(4, 2, 3, 3, 2, 1) },
  velar: { target: shape(0.3, 0.6, 0, 0.25, 0.05, 0), dominance: shape(1.2, 0.25, 0.25, 1, 1, 1) },
  lateral: { target: shape(0.35, 0.6, 0, 0.5, 0.8, 0), dominance: shape(1.5, 0.4, 0.5, 1, 4, 1) },
  rounded: { target: shape(0.2, 0.3, 0.9, 0.1, 0, 0), dominance: shape(3, 3, 4, 2, 1, 1) },
  iy: { target: shape(0.25, 0.85, 0, 0.65, 0.15, 0), dominance: shape(1, 1, 1, 1, 1, 1) },
  eh: { target: shape(0.55, 0.75, 0, 0.45, 0.2, 0), dominance: shape(1, 1, 1, 1, 1, 1) },
  aa: { target: shape(0.9, 0.65, 0, 0.3, 0.1, 0), dominance: shape(1.4, 1, 1, 1, 1, 1) },
  ah: { target: shape(0.6, 0.62, 0, 0.3, 0.1, 0), dominance: shape(0.9, 0.8, 0.8, 1, 1, 1) },
  ao: { target: shape(0.55, 0.35, 0.7, 0.1, 0, 0), dominance: shape(1.3, 1.6, 2, 1, 1, 1) },
  uw: { target: shape(0.2, 0.25, 1, 0, 0, 0), dominance: shape(1.4, 2, 2.5, 1, 1, 1) },
  schwa: { target: shape(0.4, 0.6, 0, 0.3, 0.1, 0), dominance: shape(0.4, 0.3, 0.3, 0.5, 0.5, 0.5) },
  breath: { target: shape(0.35, 0.6, 0, 0.2, 0.05, 0), dominance: shape(0.1, 0.1, 0.1, 0.1, 0.1, 0.1) },
  rest: { target: shape(0.02, 0.55, 0.05, 0, 0, 0), dominance: shape(0.8, 0.8, 0.8, 0.8, 0.8, 0.8) },
} as const satisfies Record<string, Viseme>;

export type VisemeName = keyof typeof visemes;

/** Every phone Flite speaks, as the viseme or, for a diphthong, the two visemes it passes through. */
export const visemesOfPhone: Readonly<Record<string, readonly [VisemeName, VisemeName?]>> = {
  pau: ['rest'],
  p: ['bilabial'],
  b: ['bilabial'],
  m: ['bilabial'],
  f: ['labiodental'],
  v: ['labiodental'],
  th: ['dental'],
  dh: ['dental'],
  t: ['alveolar'],
  d: ['alveolar'],
  n: ['alveolar'],
  s: ['sibilant'],
  z: ['sibilant'],
  ch: ['postalveolar'],
  jh: ['postalveolar'],
  sh: ['postalveolar'],
  zh: ['postalveolar'],
  k: ['velar'],
  g: ['velar'],
  ng: ['velar'],
  l: ['lateral'],
  r: ['rounded'],
  w: ['rounded'],
  er: ['rounded'],
  y: ['iy'],
  iy: ['iy'],
  ih: ['iy'],
  eh: ['eh'],
  ae: ['eh'],
  ey: ['eh', 'iy'],
  aa: ['aa'],
  ay: ['aa', 'iy'],
  aw: ['aa', 'uw'],
  ah: ['ah'],
  ax: ['schwa'],
  hh: ['breath'],
  ao: ['ao'],
  ow: ['ao', 'uw'],
  oy: ['ao', 'iy'],
  uw: ['uw'],
  uh: ['uw'],
};
