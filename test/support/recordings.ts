import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeHtk } from '../../src/formats/htk.js';
import { encodeMat } from '../../src/formats/mat.js';
import { encodeNpy } from '../../src/formats/npy.js';
import { encodeWav } from '../../src/formats/wav.js';
import type { FrameTrack, Waveform } from '../../src/frontend/tracks.js';
import { someFeatures, somePictures, someSound } from '../unit/frontend/fixture.js';

/** Small copies of corpora, written by our own writers. */
export class Recordings {
  readonly path = mkdtempSync(join(tmpdir(), 'mmx-recordings-'));

  write(name: string, content: Uint8Array | string): string {
    const file = join(this.path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  wav(name: string, { samples, rate }: Waveform): string {
    return this.write(name, encodeWav({ samples, rate }));
  }

  npy(name: string, { count, height, width, data }: FrameTrack): string {
    return this.write(name, encodeNpy({ shape: [count, height, width], data }));
  }

  /** One clip of AVLetters: a lip movie and its MFCCs. */
  letter(id: string, key: number, pictures: number, vectors = 2 * pictures - 1): void {
    this.write(`Lips/${id}-lips.mat`, lipMovie(somePictures(key, pictures, 60, 80)));
    const { values } = someFeatures(key, vectors);
    this.write(
      `Audio/mfcc/Clean/${id}.mfcc`,
      encodeHtk({ samplePeriodSeconds: 0.02, kind: 'MFCC_E_D', values }),
    );
  }

  manifest(lines: readonly ManifestLine[], name = 'manifest.csv'): string {
    const rows = lines.map(
      ({ audio = '', video = '', label = '', speaker, part }) =>
        `${audio},${video},${label},${speaker},,${part}`,
    );
    return this.write(name, ['audio,video,label,speaker,repetition,split', ...rows, ''].join('\n'));
  }
}

export interface ManifestLine {
  readonly audio?: string;
  readonly video?: string;
  readonly label?: string;
  readonly speaker: string;
  readonly part: 'train' | 'test';
}

/** As MATLAB writes it: column t is picture t, column by column. */
function lipMovie({ count, height, width, data }: FrameTrack): Uint8Array {
  const size = height * width;
  const columns = new Uint8Array(data.length);
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < size; i++) {
      columns[t * size + (i % width) * height + Math.floor(i / width)] = data[t * size + i] ?? 0;
    }
  }
  return encodeMat({
    vid: { rows: size, columns: count, data: columns },
    siz: { rows: 1, columns: 3, data: Float64Array.of(height, width, count) },
  });
}

/** Sound of one of a few voices, which a linear classifier can tell apart; 0.6 s. */
export const voice = (key: number): Waveform => someSound(key, 0.6);

/** 60x80 pictures of a mouth, half a second or so. */
export const mouth = (key: number, count = 14): FrameTrack => somePictures(key, count, 60, 80);
