import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';

/** The font of text in pictures. It comes with mmx, so pictures are the same whatever fonts are installed. */
export const pictureFont = 'DejaVu Sans';

let registered = false;

/** Makes the font known to the canvas, once. */
export function registerPictureFont(): void {
  if (registered) return;
  const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    if (!GlobalFonts.registerFromPath(join(fonts, file), pictureFont)) {
      throw new Error(`${join(fonts, file)} is no font: install the package dejavu-fonts-ttf again`);
    }
  }
  registered = true;
}

/** How wide a line of plain text is in a picture, in pixels. @param size of the font, in pixels */
export function textWidth(text: string, size: number): number {
  registerPictureFont();
  const context = createCanvas(1, 1).getContext('2d');
  context.font = `${size}px "${pictureFont}"`;
  return context.measureText(text).width;
}

/** The beginning of a line of plain text that is wider than `width` pixels, with an ellipsis. */
export function cutToWidth(text: string, width: number, size: number): string {
  // No more characters than this fit: the narrowest are about a quarter of the size.
  const characters = [...text.slice(0, Math.ceil((8 * width) / size))];
  if (characters.length === text.length && textWidth(text, size) <= width) return text;
  const shown = (count: number): string => `${characters.slice(0, count).join('')}…`;
  let [fits, most] = [0, characters.length];
  while (fits < most) {
    const middle = Math.ceil((fits + most) / 2);
    if (textWidth(shown(middle), size) <= width) fits = middle;
    else most = middle - 1;
  }
  return shown(fits);
}
