import { type Face, grainSize, type Placement } from './face.js';
import { type LipContours, lipContours } from './lip-contours.js';
import type { MouthShape } from './visemes.js';

export const frameHeight = 60;
export const frameWidth = 80;

/**
 * Draws a mouth: skin, lips as rounded ridges under a directed light, and between them teeth, tongue and the dark
 * of the mouth. Each edge is blended over a pixel, so small movements change the picture smoothly.
 *
 * @returns 60 × 80 grey levels, row by row, not rounded and without the camera's noise
 */
export function renderMouth(face: Face, shape: MouthShape, placement: Placement): Float32Array {
  const picture = new Float32Array(frameHeight * frameWidth);
  const contours = lipContours(face, shape);
  const cosine = Math.cos(placement.roll) / placement.scale;
  const sine = Math.sin(placement.roll) / placement.scale;
  for (let row = 0; row < frameHeight; row++) {
    const dy = row - (frameHeight - 1) / 2 - placement.y;
    for (let column = 0; column < frameWidth; column++) {
      const dx = column - (frameWidth - 1) / 2 - placement.x;
      const x = cosine * dx + sine * dy;
      const y = cosine * dy - sine * dx;
      picture[row * frameWidth + column] = placement.exposure * tone(face, shape, contours, x, y);
    }
  }
  return picture;
}

/** Grey level at a point of the face: x to the right and y down from the middle of the mouth, in pixels. */
function tone(face: Face, shape: MouthShape, contours: LipContours, x: number, y: number): number {
  const light = 1 + 0.12 * ((face.lightX * x) / 40 - (face.lightY * y) / 30);
  const grain = textureAt(face.texture, x, y);
  const skin = skinTone(face, shape, contours, x, y, grain);
  const side = Math.abs(x);
  const { outerWidth, innerWidth } = contours;
  if (side >= outerWidth + 1) return light * skin;

  const index = contours.indexOf(x);
  const outerTop = contours.outerTop[index] ?? 0;
  const outerBottom = contours.outerBottom[index] ?? 0;
  const innerTop = contours.innerTop[index] ?? 0;
  const innerBottom = contours.innerBottom[index] ?? 0;

  const lipCover = Math.min(blend(y - outerTop), blend(outerBottom - y), blend(outerWidth - side));
  if (lipCover <= 0) return light * skin;
  const lip =
    y < (innerTop + innerBottom) / 2
      ? upperLipTone(face, shape, outerTop, innerTop, x, y)
      : lowerLipTone(face, shape, outerBottom, innerBottom, x, y);
  // The line along which closed lips meet stays dark; so do the corners.
  const gap = innerBottom - innerTop;
  const nearLine = bump((y - (innerTop + innerBottom) / 2) / 1.1);
  const outwards = (side / outerWidth) * (side / outerWidth);
  const crease = 0.5 * nearLine * Math.max(0, 1 - gap / 3) * (1 - 0.5 * outwards * outwards);
  let inside = lip * (1 - crease) * (1 + 0.02 * grain);

  const openCover = Math.min(
    blend(y - innerTop),
    blend(innerBottom - y),
    blend(innerWidth - side),
    Math.max(0, gap),
  );
  if (openCover > 0) {
    inside = mix(inside, cavityTone(face, shape, contours, innerTop, innerBottom, x, y), openCover);
  }
  return light * mix(skin, inside, lipCover);
}

function skinTone(
  face: Face,
  shape: MouthShape,
  contours: LipContours,
  x: number,
  y: number,
  grain: number,
): number {
  const { outerWidth, topMiddle, bottomMiddle } = contours;
  const side = Math.abs(x);
  // Philtrum: a groove between two lit ridges.
  let shade = 0;
  if (y < topMiddle && side < 12) {
    const above = Math.min(1, Math.max(0, 1 + (y - topMiddle) / 40));
    shade += above * (0.05 * bump((x - 4.5) / 2.4) + 0.04 * bump((x + 4.5) / 2.4) - 0.06 * bump(x / 2.6));
  }
  // Under the lower lip the chin recedes; the shadow goes down with the jaw.
  const below = y - bottomMiddle;
  if (below > -5 && below < 28) {
    shade += 0.06 * bump((below - 13) / 6) * bump(x / 18);
    shade -= 0.2 * bump((below - 3.5) / 3.2) * bump(x / (0.75 * outerWidth));
  }
  // Folds beside the corners, deeper when the mouth is spread.
  const foldX = side - outerWidth - 4 - 0.3 * (y + 8) - 0.006 * (y + 8) * (y + 8);
  shade -= face.folds * (0.5 + shape.width) * 0.08 * bump(foldX / 3.4);
  const besideCorner = side - outerWidth;
  if (besideCorner > -7 && besideCorner < 7) {
    shade -= 0.18 * bump(besideCorner / 2.8) * bump((y - face.cornerDrop) / 2.8);
  }
  const cheek = -0.06 * (side / 40) * (side / 40);
  const speckle = grain * (0.02 * face.grain + 0.05 * face.stubble) - 0.1 * face.stubble;
  return face.skin * (1 + shade + cheek + speckle);
}

/** The upper lip turns away from light from above: dark at its edge to the mouth, with a lighter rim. */
function upperLipTone(
  face: Face,
  shape: MouthShape,
  outer: number,
  inner: number,
  x: number,
  y: number,
): number {
  const height = Math.max(0.5, inner - outer);
  const along = Math.min(1, Math.max(0, (y - outer) / height));
  const slope = 2 * along - 1;
  return (
    face.lips *
    (0.9 -
      0.16 * slope * face.lightY +
      wrinkles(x, along, shape) +
      0.05 * shape.rounding * (1 - slope * slope))
  );
}

/** The lower lip faces the light: bright above its middle, dark where it turns under. */
function lowerLipTone(
  face: Face,
  shape: MouthShape,
  outer: number,
  inner: number,
  x: number,
  y: number,
): number {
  const height = Math.max(0.5, outer - inner);
  const along = Math.min(1, Math.max(0, (y - inner) / height));
  const slope = 2 * along - 1;
  const shine = face.gloss * bump((along - 0.38) / 0.22) * bump((x - 4 * face.lightX) / 10);
  const tucked = 0.25 * shape.bite * (1 - along);
  return face.lips * (1.04 - 0.18 * slope * face.lightY + 0.28 * shine + wrinkles(x, along, shape) - tucked);
}

/** Fine vertical lines of the lips, drawn together when they are rounded. */
function wrinkles(x: number, along: number, { rounding }: MouthShape): number {
  const fade = 4 * along * (1 - along);
  if (fade <= 0) return 0;
  return (0.012 + 0.03 * rounding) * fade * Math.sin(x * (1.9 + 0.9 * rounding) + 0.5 * Math.sin(x));
}

function cavityTone(
  face: Face,
  shape: MouthShape,
  contours: LipContours,
  innerTop: number,
  innerBottom: number,
  x: number,
  y: number,
): number {
  const { cavity } = face;
  const across = Math.min(1, Math.abs(x) / Math.max(1, contours.innerWidth));
  let result = cavity;

  // The tongue lies on the floor of the mouth and comes up with its tip.
  const reach = Math.max(1, 0.62 * contours.innerWidth);
  const dome = 1 - (x / reach) ** 2;
  if (dome > 0) {
    const room = contours.openingMiddle;
    const tongueTop = contours.floorMiddle - room * (0.28 + 0.62 * shape.tongue) * Math.sqrt(dome);
    const lit = 0.62 + 0.38 * shape.tongue - 0.012 * Math.max(0, y - tongueTop);
    result = mix(result, face.tongue * lit * (1 - 0.3 * across), blend(y - tongueTop));
  }

  // Lower teeth go down with the jaw and show in a mouth held narrow.
  const lowerEdge = contours.floorMiddle - 2.2 * shape.teeth - 0.5;
  const lowerShown = 0.75 * shape.teeth * (1 - shape.tongue);
  if (lowerShown > 0) {
    const tooth = toothTone(face, x, across, 0.5) * 0.85;
    result = mix(result, tooth, lowerShown * blend(y - lowerEdge - 1.2 * across * across));
  }

  // Upper teeth hang from the skull: the lip uncovers them.
  const upperEdge = contours.teethEdge - 1.5 * across * across;
  const upperShown = Math.min(1, 0.25 + shape.teeth) * (1 - 0.8 * shape.rounding);
  result = mix(result, toothTone(face, x, across, 0), upperShown * blend(upperEdge - y));

  // The lips shade what is behind them.
  const depth = Math.min(y - innerTop, 1.5 * (innerBottom - y));
  return result * (0.72 + 0.28 * Math.min(1, Math.max(0, depth / 2.5)));
}

function toothTone(face: Face, x: number, across: number, offset: number): number {
  const within = Math.abs(((((x / face.tooth + offset) % 1) + 1) % 1) - 0.5);
  const gap = Math.max(0, (0.12 - Math.abs(0.5 - within)) / 0.12);
  return face.teeth * (1 - 0.55 * across * across) * (1 - 0.22 * gap);
}

/** About e^(−u²), and 0 beyond √6. */
function bump(u: number): number {
  const rest = 1 - (u * u) / 6;
  if (rest <= 0) return 0;
  const cube = rest * rest * rest;
  return cube * cube;
}

/** Share of a pixel on the inner side of an edge that lies `distance` pixels away. */
function blend(distance: number): number {
  return Math.min(1, Math.max(0, distance + 0.5));
}

function mix(from: number, to: number, share: number): number {
  return from + share * (to - from);
}

/** Bilinear; the texture goes with the face. */
function textureAt(texture: Float32Array, x: number, y: number): number {
  const u = x + grainSize / 2;
  const v = y + grainSize / 2;
  const column = Math.floor(u);
  const row = Math.floor(v);
  if (column < 0 || row < 0 || column >= grainSize - 1 || row >= grainSize - 1) return 0;
  const s = u - column;
  const t = v - row;
  const at = row * grainSize + column;
  const top = mix(texture[at] ?? 0, texture[at + 1] ?? 0, s);
  const bottom = mix(texture[at + grainSize] ?? 0, texture[at + grainSize + 1] ?? 0, s);
  return mix(top, bottom, t);
}
