import { visible } from '../../visible.js';
import { Canvas, type Colour } from './canvas.js';
import { documentOf, hexOf, painted } from './document.js';
import { cutToWidth, textWidth } from './picture-font.js';
import { rasterise } from './rasterise.js';
import { label as textAt } from './svg.js';

/** A grey picture, 0 to 255, row by row. */
interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A frame of a movie, where its mouth is taken from, and the mouth itself. */
export interface SheetFrame {
  /** Written below it. */
  readonly label: string;
  readonly picture: Grey;
  /** In pixels of the picture; null when there is none. */
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  readonly mouth: Grey | null;
}

/** A movie on a sheet: a few of its frames. */
export interface SheetMovie {
  readonly title: string;
  /** At the right of the title, e.g. `faces in 98.7 % of 75 frames`. */
  readonly note: string;
  /** Draws the note in the colour of warnings. */
  readonly poor: boolean;
  readonly frames: readonly SheetFrame[];
}

/** A rectangle on a sheet. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything of one movie goes. */
export interface MoviePlaces {
  readonly title: Place;
  readonly frames: readonly { readonly picture: Place; readonly mouth: Place; readonly label: Place }[];
}

export interface SheetLayout {
  readonly width: number;
  readonly height: number;
  readonly movies: readonly MoviePlaces[];
}

/** Pixels. */
const FRAME_HEIGHT = 240;
const MOUTH_SCALE = 3;
const GAP = 10;
/** Between a frame and its mouth. */
const NEAR = 4;
const FONT_SIZE = 15;
const TEXT_HEIGHT = 22;
/** From the top of a line of text. */
const BASELINE = 16;
/** A sheet without frames has room for a title. */
const LEAST_WIDTH = 480;
/** Of the mouth pictures. */
const [MOUTH_WIDTH, MOUTH_HEIGHT] = [80, 60];

const background: Colour = [24, 24, 27];
const ink: Colour = [228, 228, 231];
const faint: Colour = [140, 140, 150];
const good: Colour = [74, 222, 128];
const warning: Colour = [251, 146, 60];

/**
 * One row a movie: title, below it its frames, each with its mouth at the right. Frames keep their proportions, and those
 * at the same place of different rows stand below each other.
 *
 * @param sizes of the frames, by movie
 */
export function layoutSheet(
  sizes: readonly (readonly { readonly width: number; readonly height: number }[])[],
): SheetLayout {
  const columns = Math.max(0, ...sizes.map((frames) => frames.length));
  const pictureWidth = (size: { readonly width: number; readonly height: number }): number =>
    Math.max(1, Math.round((size.width * FRAME_HEIGHT) / size.height));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...sizes.flatMap((frames) => (frames[column] ? [pictureWidth(frames[column])] : []))),
  );
  const mouth = { width: MOUTH_WIDTH * MOUTH_SCALE, height: MOUTH_HEIGHT * MOUTH_SCALE };
  const left = (column: number): number =>
    widths.slice(0, column).reduce((x, width) => x + width + NEAR + mouth.width + 2 * GAP, GAP);
  const rowHeight = TEXT_HEIGHT + GAP / 2 + FRAME_HEIGHT + 2 * GAP;
  const width = Math.max(left(columns) - GAP, LEAST_WIDTH);
  return {
    width,
    height: GAP + sizes.length * rowHeight,
    movies: sizes.map((frames, row) => {
      const top = GAP + row * rowHeight;
      const y = top + TEXT_HEIGHT + GAP / 2;
      return {
        title: { x: GAP, y: top, width: width - 2 * GAP, height: TEXT_HEIGHT },
        frames: frames.map((size, column) => {
          const picture = { x: left(column), y, width: pictureWidth(size), height: FRAME_HEIGHT };
          const x = picture.x + picture.width + NEAR;
          return {
            picture,
            mouth: { x, y, ...mouth },
            label: { x, y: y + mouth.height + NEAR, width: mouth.width, height: TEXT_HEIGHT },
          };
        }),
      };
    }),
  };
}

/** A contact sheet as PNG: for eyes that judge whether the mouths are where the boxes are. */
export async function contactSheet(movies: readonly SheetMovie[]): Promise<Uint8Array> {
  const layout = layoutSheet(movies.map(({ frames }) => frames.map(({ picture }) => picture)));
  const sheet = new Canvas(layout.width, layout.height);
  sheet.fill(0, 0, layout.width, layout.height, background);
  const words: string[] = [];
  movies.forEach(({ title, note, poor, frames }, row) => {
    const places = layout.movies[row];
    if (places === undefined) return;
    const right = Math.ceil(textWidth(note, FONT_SIZE));
    const { x, width } = places.title;
    words.push(
      textIn({ ...places.title, width: width - right - GAP }, title, ink),
      textIn({ ...places.title, x: x + width - right, width: right }, note, poor ? warning : good),
    );
    frames.forEach(({ picture, box, mouth, label }, column) => {
      const place = places.frames[column];
      if (place === undefined) return;
      paintPicture(sheet, place.picture, picture);
      const scale = place.picture.height / picture.height;
      if (box !== null) {
        const { x, y } = place.picture;
        paintOutline(
          sheet,
          {
            x: x + box.x * scale,
            y: y + box.y * scale,
            width: box.width * scale,
            height: box.height * scale,
          },
          place.picture,
          good,
        );
      }
      if (mouth !== null) paintPicture(sheet, place.mouth, mouth);
      else words.push(textIn(place.mouth, 'no face', warning));
      words.push(textIn(place.label, label, faint));
    });
  });
  return rasterise(
    documentOf('Frames and mouths', layout.width, layout.height, painted(sheet, 0, 0), ...words),
    1,
  );
}

/** Scales a picture to a place: averages when shrinking, in proportion between pixels when enlarging. */
function paintPicture(canvas: Canvas, place: Place, { width, height, data }: Grey): void {
  const across = weights(width, place.width);
  weights(height, place.height).forEach((rows, y) => {
    across.forEach((columns, x) => {
      let value = 0;
      for (const [row, share] of rows) {
        for (const [column, part] of columns) value += share * part * (data[row * width + column] ?? 0);
      }
      const grey = Math.round(value);
      canvas.set(place.x + x, place.y + y, [grey, grey, grey]);
    });
  });
}

/** A frame two pixels wide, as far as it lies within `inside`. */
function paintOutline(canvas: Canvas, box: Place, inside: Place, colour: Colour): void {
  const [left, top] = [Math.round(box.x), Math.round(box.y)];
  const [right, bottom] = [Math.round(box.x + box.width), Math.round(box.y + box.height)];
  for (let y = Math.max(top, inside.y); y < Math.min(bottom, inside.y + inside.height); y++) {
    for (let x = Math.max(left, inside.x); x < Math.min(right, inside.x + inside.width); x++) {
      if (y < top + 2 || y >= bottom - 2 || x < left + 2 || x >= right - 2) canvas.set(x, y, colour);
    }
  }
}

/** A line of text, cut where its place ends. */
const textIn = ({ x, y, width }: Place, text: string, colour: Colour): string =>
  textAt(x, y + BASELINE, cutToWidth(visible(text), Math.max(0, width), FONT_SIZE), {
    'font-size': FONT_SIZE,
    fill: hexOf(colour),
  });

/** Which pixels of a row of `from` each of `to` is made of, and in which shares: a triangle filter. */
function weights(
  from: number,
  to: number,
): readonly (readonly (readonly [pixel: number, share: number])[])[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale - 0.5;
    const found: [number, number][] = [];
    for (let pixel = Math.ceil(centre - reach); pixel <= Math.floor(centre + reach); pixel++) {
      const share = 1 - Math.abs(pixel - centre) / reach;
      if (share > 0) found.push([Math.min(from - 1, Math.max(0, pixel)), share]);
    }
    const sum = found.reduce((total, [, share]) => total + share, 0);
    return found.map(([pixel, share]) => [pixel, share / sum] as const);
  });
}
