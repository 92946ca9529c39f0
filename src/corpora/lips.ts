import { MmxError } from '../errors.js';
import { readMat } from '../formats/mat.js';
import type { FrameTrack } from './clip.js';

const HEIGHT = 60;
const WIDTH = 80;
const VIDEO_RATE = 25;

/**
 * Reads one `-lips.mat`: `vid` of 4800 × n bytes, column t frame t stored column by column; `siz` = [60 80 n].
 *
 * @returns n frames of 60 x 80, row by row
 * @throws MmxError `formats/mat` or `corpora/damaged` naming the file
 */
export function readLips(file: string): FrameTrack {
  const { vid, siz } = readMat(file);
  const fail = (problem: string): never => {
    throw new MmxError('corpora/damaged', `${file} is not a usable lip movie: ${problem}`);
  };
  if (vid === undefined) return fail("it holds no variable 'vid'");
  const { data, rows, columns: count } = vid;
  if (rows !== HEIGHT * WIDTH) fail(`'vid' has ${rows} rows; pictures of 60 x 80 have ${HEIGHT * WIDTH}`);
  if (count === 0) fail('it holds no picture');
  if (siz !== undefined) {
    const [height, width, frames] = siz.data;
    if (siz.data.length !== 3 || height !== HEIGHT || width !== WIDTH || frames !== count) {
      fail(`'siz' says ${[...siz.data].join(' x ')}, 'vid' holds ${HEIGHT} x ${WIDTH} x ${count}`);
    }
  }
  const pixels = new Uint8Array(data.length);
  let out = 0;
  for (let frame = 0; frame < count; frame++) {
    const base = frame * HEIGHT * WIDTH;
    for (let row = 0; row < HEIGHT; row++) {
      for (let column = 0; column < WIDTH; column++) {
        const value = data[base + column * HEIGHT + row] ?? 0;
        if (!(value >= 0 && value <= 255)) fail(`picture ${frame} has a pixel of ${value}, not 0 to 255`);
        pixels[out++] = value;
      }
    }
  }
  return { rate: VIDEO_RATE, start: 0.5 / VIDEO_RATE, count, height: HEIGHT, width: WIDTH, data: pixels };
}
