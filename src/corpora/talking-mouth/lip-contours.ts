import type { Face } from './face.js';
import type { MouthShape } from './visemes.js';

/**
 * The four edges of the lips as y over x, in pixels from the middle of the mouth, y down. Between the inner ones is
 * the opening.
 */
export interface LipContours {
  /** Half the distance between the outer corners, and between the corners of the opening. */
  readonly outerWidth: number;
  readonly innerWidth: number;
  readonly outerTop: Float32Array;
  readonly innerTop: Float32Array;
  readonly innerBottom: Float32Array;
  readonly outerBottom: Float32Array;
  /** Position in the four arrays of the edge at x. */
  indexOf(x: number): number;
  /** y of the outer edges in the middle, and of the floor of the opening. */
  readonly topMiddle: number;
  readonly bottomMiddle: number;
  readonly floorMiddle: number;
  /** Height of the opening in the middle. */
  readonly openingMiddle: number;
  /** y of the upper teeth's lower edge in the middle. */
  readonly teethEdge: number;
}

/** Samples of the edges a pixel. */
const density = 4;

/** The lips' edges in a posture of the mouth. */
export function lipContours(face: Face, shape: MouthShape): LipContours {
  const spread = 1 + 0.5 * (shape.width - 0.55) - 0.1 * shape.rounding;
  const outerWidth = Math.max(7, face.halfWidth * spread);
  const innerWidth = outerWidth * (0.9 - 0.18 * shape.rounding);
  const gap = face.maximalOpening * shape.opening;
  // The jaw opens the mouth: most of the way is the lower lip's.
  const rise = 0.22 * gap + 1.6 * shape.teeth;
  const drop = Math.max(-rise + 0.02 * gap, 0.78 * gap - 1.2 * shape.bite + 0.7 * shape.teeth);
  const stretched = 1 - 0.22 * (shape.width - 0.55) - 0.12 * shape.opening;
  const upper = face.upperLip * stretched * (1 + 0.4 * shape.rounding) * (1 - 0.25 * shape.teeth);
  const lower = face.lowerLip * stretched * (1 + 0.4 * shape.rounding) * (1 - 0.45 * shape.bite);

  const half = Math.ceil((outerWidth + 2) * density);
  const count = 2 * half + 1;
  const outerTop = new Float32Array(count);
  const innerTop = new Float32Array(count);
  const innerBottom = new Float32Array(count);
  const outerBottom = new Float32Array(count);
  // A round opening for pursed lips, a lens with sharp corners for spread ones.
  const power = 1 - 0.35 * shape.rounding;
  for (let index = half; index < count; index++) {
    const x = (index - half) / density;
    const outer = Math.min(1, x / outerWidth);
    const inner = Math.min(1, x / innerWidth);
    const arc = (1 - outer * outer) ** 0.75;
    const lens = (1 - inner * inner) ** power;
    const sag = face.cornerDrop * outer * outer;
    const bow = face.cupidsBow * (Math.exp(-((x / 3.2) ** 2)) - 0.45 * Math.exp(-(((x - 5) / 3) ** 2)));
    const tubercle =
      0.5 * face.cupidsBow * Math.exp(-((x / 3.5) ** 2)) * (1 - Math.min(1, shape.opening * 2));
    innerTop[index] = sag - rise * lens + tubercle;
    innerBottom[index] = sag + drop * lens + tubercle;
    outerTop[index] = sag - (rise + upper) * arc * (1 - 0.12 * outer) + bow * arc;
    outerBottom[index] = sag + (Math.max(drop, -0.4 * rise) + lower) * (1 - outer ** 2.4) ** 0.85;
    // The mouth is as wide to the left.
    for (const edge of [outerTop, innerTop, innerBottom, outerBottom])
      edge[2 * half - index] = edge[index] as number;
  }
  return {
    outerWidth,
    innerWidth,
    outerTop,
    innerTop,
    innerBottom,
    outerBottom,
    indexOf: (x) => Math.min(count - 1, Math.max(0, Math.round(x * density) + half)),
    topMiddle: outerTop[half] ?? 0,
    bottomMiddle: outerBottom[half] ?? 0,
    floorMiddle: innerBottom[half] ?? 0,
    openingMiddle: (innerBottom[half] ?? 0) - (innerTop[half] ?? 0),
    // The tongue's tip, between the teeth, hides their edge.
    teethEdge: 2.2 - 0.06 * gap - 2 * shape.tongue ** 2,
  };
}
