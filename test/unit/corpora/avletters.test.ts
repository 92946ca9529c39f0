import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { avletters } from '../../../src/corpora/avletters.js';
import { readLips } from '../../../src/corpora/lips.js';
import { MmxError } from '../../../src/errors.js';
import { encodeHtk } from '../../../src/formats/htk.js';
import { encodeMat } from '../../../src/formats/mat.js';
import { matrix } from '../../../src/matrix.js';
import { scratchFolder } from './folder.js';

const pixel = (frame: number, row: number, column: number): number => (frame * 7 + row * 3 + column) % 256;

/** A lip movie as MATLAB writes it: column t is frame t, column by column. */
function lips(count: number, siz: readonly number[] = [60, 80, count], rows = 4800): Uint8Array {
  const data = new Uint8Array(rows * count);
  for (let t = 0; t < count; t++) {
    for (let r = 0; r < 60; r++) for (let c = 0; c < 80; c++) data[t * rows + c * 60 + r] = pixel(t, r, c);
  }
  return encodeMat({
    vid: { rows, columns: count, data },
    siz: { rows: 1, columns: siz.length, data: Float64Array.from(siz) },
  });
}

function mfcc(rows: number): Uint8Array {
  const values = matrix(
    rows,
    26,
    Float32Array.from({ length: rows * 26 }, (_, i) => Math.sin(i)),
  );
  return encodeHtk({ samplePeriodSeconds: 0.02, kind: 'MFCC_E_D', values });
}

describe('AVLetters', () => {
  const folder = scratchFolder();
  const add = (id: string, frames: number, vectors = 2 * frames - 1): void => {
    folder.write(`avletters/Lips/${id}-lips.mat`, lips(frames));
    folder.write(`avletters/Audio/mfcc/Clean/${id}.mfcc`, mfcc(vectors));
  };
  beforeAll(() => {
    for (const repetition of [1, 2, 3]) add(`A${repetition}_Anya`, 12 + repetition);
    add('M1_Verity', 23, 31);
    folder.write('avletters/lips/b1_BILL-LIPS.MAT', lips(13));
    folder.write('avletters/Audio/mfcc/Clean/b1_bill.MFCC', mfcc(25));
    folder.write('avletters/Lips/C1_Yi-lips.mat', lips(12));
    folder.write('avletters/Audio/mfcc/Clean/D1_Yi.mfcc', mfcc(23));
    // What copies carry, and what must not be taken for data.
    folder.write('avletters/.DS_Store', 'x');
    folder.write('avletters/Lips/.DS_Store', 'x');
    folder.write('avletters/Lips/._A1_Anya-lips.mat', 'x');
    folder.write('__MACOSX/avletters/Lips/E1_Anya-lips.mat', 'x');
    folder.write('avletters/Lips/Thumbs.db', 'x');
    folder.write('avletters/README.txt', 'x');
    folder.write('avletters/Audio/mfcc/Babble/A1_Anya.mfcc', mfcc(3));
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  it('lists whole clips with the split by repetition', () => {
    const { clips } = avletters.list(folder.path);
    expect(
      clips.map(({ id, speaker, repetition, label, part }) => [id, speaker, repetition, label, part]),
    ).toEqual([
      ['A1_Anya', 'Anya', 1, 'A', 'train'],
      ['A2_Anya', 'Anya', 2, 'A', 'train'],
      ['A3_Anya', 'Anya', 3, 'A', 'test'],
      ['B1_Bill', 'Bill', 1, 'B', 'train'],
      ['M1_Verity', 'Verity', 1, 'M', 'train'],
    ]);
  });

  it('is found from the folder above and from its own', () => {
    const ids = (place: string): string[] => avletters.list(place).clips.map((clip) => clip.id);
    expect(ids(join(folder.path, 'avletters'))).toEqual(ids(folder.path));
  });

  it('turns columns of pixels into rows, and keeps every picture of a whole clip', () => {
    const clip = avletters.list(folder.path).clips[0]?.load();
    expect(clip?.video).toMatchObject({ count: 13, height: 60, width: 80, rate: 25, start: 0.02 });
    for (const [t, r, c] of [
      [0, 0, 0],
      [0, 0, 79],
      [3, 59, 0],
      [12, 17, 42],
    ] as const) {
      expect(clip?.video?.data[t * 4800 + r * 80 + c]).toBe(pixel(t, r, c));
    }
    expect(clip?.audio).toMatchObject({ kind: 'features', values: { rows: 25, columns: 26 } });
  });

  it('puts the second of two MFCC frames onto the middle of a picture', () => {
    const { video, audio } = avletters.list(folder.path).clips[0]?.load() ?? {};
    if (audio?.kind !== 'features' || !video) throw new Error('no tracks');
    for (const t of [0, 5, 12]) {
      expect(audio.start + (2 * t) / audio.rate).toBeCloseTo(video.start + t / video.rate, 9);
    }
    expect(audio.rate).toBeCloseTo(50, 9);
  });

  it('cuts a clip with few MFCC frames to what overlaps', () => {
    const clip = avletters
      .list(folder.path)
      .clips.find((one) => one.id === 'M1_Verity')
      ?.load();
    // 31 frames 20 ms apart reach from 20 to 620 ms; so do 16 pictures 40 ms apart.
    expect(clip?.video?.count).toBe(16);
    expect(clip?.video?.data.length).toBe(16 * 4800);
    expect(clip?.audio).toMatchObject({ values: { rows: 31 } });
  });

  it('reads one modality where the other is not wanted', () => {
    const { clips } = avletters.list(folder.path, { audio: false });
    expect(clips.map((one) => one.id)).toContain('C1_Yi');
    expect(clips[0]?.load()).toMatchObject({ audio: null, video: { count: 13 } });
  });

  it('says what is missing and odd', () => {
    const { usable, counts, findings } = avletters.check(folder.path);
    expect(usable).toBe(true);
    expect(counts[0]).toEqual({ of: 'lip movies', found: 6, expected: 780 });
    expect(findings.map(({ severity, what, examples }) => [severity, what, examples[0]])).toEqual([
      ['warning', expect.stringContaining('1 lip movie without MFCC file'), 'C1_Yi'],
      ['warning', expect.stringContaining('1 MFCC file without lip movie'), 'D1_Yi'],
      ['warning', '773 of the 780 clips are missing', 'B1_Anya'],
      ['note', '1 clip is unusual', expect.stringContaining('M1_Verity: 23 pictures and 31 MFCC')],
      ['note', '2 classes are in the training part but not in the test part', 'B'],
    ]);
  });

  it('refuses an empty folder and a missing one', () => {
    const empty = scratchFolder();
    expect(() => avletters.list(empty.path)).toThrow('780 of the 780 clips are missing');
    expect(() => avletters.list(join(empty.path, 'no'))).toThrow(/no does not exist/);
    expect(avletters.check(join(empty.path, 'no'))).toMatchObject({ usable: false });
  });

  describe('damaged', () => {
    const whole = lips(4);
    it.each([
      ['cut short', whole.subarray(0, whole.length - 5), /E1_Anya-lips\.mat/],
      ['of another kind', new TextEncoder().encode('MATLAB 5.0 MAT-file, and so on'), /E1_Anya-lips\.mat/],
      ['without pictures', lips(0), /E1_Anya-lips\.mat/],
      ['of another size', lips(4, [60, 80, 4], 4801), /E1_Anya-lips\.mat .* has 4801 rows/],
      ['with sizes that disagree', lips(4, [60, 80, 5]), /'siz' says 60 x 80 x 5, 'vid' holds 60 x 80 x 4/],
      [
        'with no picture variable',
        encodeMat({ other: { rows: 1, columns: 1, data: Float64Array.of(1) } }),
        /holds no variable 'vid'/,
      ],
    ])('a lip movie %s is refused with its name', (_, bytes, message) => {
      const { path, write } = scratchFolder();
      const file = write('E1_Anya-lips.mat', bytes);
      expect(() => readLips(file)).toThrow(message);
      expect(() => readLips(file)).toThrow(MmxError);
      write('E1_Anya.mfcc', mfcc(7));
      const check = avletters.check(path);
      expect(check.usable).toBe(false);
      expect(check.findings.find((one) => one.severity === 'error')?.examples[0]).toMatch(
        /E1_Anya-lips\.mat/,
      );
      rmSync(path, { recursive: true });
    });

    it('an MFCC file cut short is refused with its name', () => {
      const { path, write } = scratchFolder();
      write('E1_Anya-lips.mat', lips(4));
      write('E1_Anya.mfcc', mfcc(7).subarray(0, 300));
      expect(() => avletters.list(path).clips[0]?.load()).toThrow(/E1_Anya\.mfcc/);
      rmSync(path, { recursive: true });
    });
  });
});
