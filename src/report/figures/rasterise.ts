import { createCanvas, loadImage } from '@napi-rs/canvas';
import { MmxError } from '../../errors.js';
import { pictureFont, registerPictureFont } from './picture-font.js';

/** Pixels of the PNG to one of the SVG: 800 pixels become 2400, 300 to the inch at 8 inches. */
const paperScale = 3;

/** Of a side of a picture: what canvases hold. */
const mostPixels = 32_767;

/**
 * A figure of `svg.ts` as a picture for papers. Text is set in a font that comes with mmx, whatever fonts are installed,
 * so the picture is the same everywhere.
 *
 * @param svg a document with width and height in pixels
 * @param scale pixels for each one of the SVG
 * @returns the bytes of a PNG
 */
export async function rasterise(svg: string, scale = paperScale): Promise<Uint8Array> {
  registerPictureFont();
  const [whole, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  if (whole === undefined) throw new RangeError('an SVG without width and height has no size in pixels');
  const size = { width: Math.ceil(scale * Number(width)), height: Math.ceil(scale * Number(height)) };
  if (Math.max(size.width, size.height) > mostPixels) {
    throw new MmxError(
      'report/figure-size',
      `A figure of ${size.width} × ${size.height} pixels is too large for a picture: no side may have more than ${mostPixels}.`,
    );
  }
  const large = svg
    .replace(whole, `width="${scale * Number(width)}" height="${scale * Number(height)}"`)
    .replace(/font-family="[^"]*"/g, `font-family="${pictureFont}"`);
  const canvas = createCanvas(size.width, size.height);
  canvas.getContext('2d').drawImage(await loadImage(Buffer.from(large)), 0, 0);
  return canvas.encode('png');
}
