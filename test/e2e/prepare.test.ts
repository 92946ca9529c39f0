import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gridDigits } from '../../src/corpora/grid.js';
import { encodeNpy, readNpy } from '../../src/formats/npy.js';
import { hasDetector } from '../support/detector.js';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';
import { hasFfmpeg } from '../unit/formats/movies.js';

const recordings = join(projectRoot, '..', 'shared', 'data', 'grid');

beforeAll(assertBuilt);
const home = process.cwd();
afterEach(() => process.chdir(home));

describe.skipIf(!hasFfmpeg || !hasDetector || !existsSync(recordings))(
  'mmx data prepare on real faces (needs ffmpeg, @vladmandic/human and ../shared/data/grid)',
  () => {
    const directory = emptyDirectory('prepare');
    const prepare = (...args: string[]) =>
      mmx(directory, 'data', 'prepare', 'grid-digits', '--data', `grid-digits=${recordings}`, ...args);
    const movies = existsSync(recordings)
      ? readdirSync(recordings).filter((name) => name.endsWith('.mpg'))
      : [];

    it('finds the mouth in nearly every frame of every movie, and continues where it stopped', () => {
      const begun = JSON.parse(prepare('--limit', '2', '--json').stdout);
      expect(begun).toMatchObject({ movies: 2, kept: 0, left: movies.length - 2 });
      const { status, stdout, stderr } = prepare('--json', '--crops');
      expect([status, stderr]).toEqual([0, '']);
      const done = JSON.parse(stdout);
      expect(done).toMatchObject({ movies: movies.length, kept: 2, left: 0, failures: [], without: [] });
      expect(done.found_percent).toBeGreaterThanOrEqual(95);
      const counted = movies.map((name) => {
        const asked = ['-v', 'error', '-count_frames', '-select_streams', 'v:0'];
        const wanted = ['-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0'];
        return Number.parseInt(
          execFileSync('ffprobe', [...asked, ...wanted, join(recordings, name)], { encoding: 'utf8' }),
          10,
        );
      });
      expect(done.frames).toBe(counted.reduce((sum, count) => sum + count, 0));
      movies.forEach((name, index) => {
        const crops = readNpy(join(directory, 'results/prepared/grid/crops', `${name}.npy`));
        expect(crops.shape).toEqual([counted[index], 60, 80]);
      });
      const sheets = done.files.filter((file: string) => file.endsWith('.png'));
      expect(sheets).toHaveLength(Math.ceil(movies.length / 6));
      for (const sheet of sheets)
        expect(PNG.sync.read(readFileSync(join(directory, sheet))).width).toBeGreaterThan(1000);
      expect(prepare('--quiet').stdout).toContain(
        `movies  ${movies.length}, ${movies.length} of them done before`,
      );
    }, 600_000);

    it('makes a box file that the corpus finds: lips are dark, in the middle, on the skin around them', () => {
      process.chdir(directory);
      const [clip] = gridDigits.list(recordings).clips;
      const video = clip?.load().video;
      expect(video).toMatchObject({ height: 60, width: 80 });
      const { data = new Uint8Array(), count = 0 } = video ?? {};
      const brightness = (row: number, column: number, height: number, width: number): number => {
        let sum = 0;
        for (let frame = 0; frame < count; frame++) {
          for (let y = row; y < row + height; y++) {
            for (let x = column; x < column + width; x++) sum += data[(frame * 60 + y) * 80 + x] ?? 0;
          }
        }
        return sum / (count * height * width);
      };
      const lips = brightness(22, 30, 16, 20);
      expect(lips).toBeLessThan(brightness(48, 30, 10, 20) - 5);
      expect(lips).toBeLessThan(brightness(22, 0, 16, 8) - 5);
    });

    it('draws boxes that are given, and says which movies have none', () => {
      const boxes = join(directory, 'mine.csv');
      writeFileSync(boxes, `movie,frame,x,y,w,h\n${movies[0]},*,120,190,60,45\n`);
      const { status, stdout } = prepare('--boxes', boxes, '--out', join(directory, 'mine'), '--json');
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        movies: movies.length,
        detector: null,
        without: movies.slice(1),
      });
      expect(readFileSync(join(directory, 'mine/boxes.csv'), 'utf8')).toBe(readFileSync(boxes, 'utf8'));
    }, 120_000);
  },
);

describe('mmx data prepare', () => {
  const directory = emptyDirectory('prepare-errors');
  it.each([
    [['fsdd', '--data', 'fsdd=.'], 2, 'fsdd has no movies of faces'],
    [['grid', '--data', 'grid=.'], 2, "there is no corpus named 'grid'"],
    [['cuave', '--data', 'grid-digits=.'], 2, 'the folder of your copy of cuave is needed'],
    [['cuave', '--data', 'cuave=nowhere'], 2, 'cuave: nowhere does not exist'],
    [['cuave', '--data', 'cuave=.'], 2, 'there is no movie of a face in .'],
    [['manifest', '--data', 'manifest=.'], 2, 'cannot read the manifest manifest.csv: it does not exist'],
  ])('%j: one sentence', (args, code, message) => {
    const { status, stderr } = mmx(directory, 'data', 'prepare', ...args);
    expect(status).toBe(code);
    expect(stderr).toMatch(/^mmx: [^\n]+\n {2}→ [^\n]+\n$/);
    expect(stderr).toContain(message);
  });
  it('names a box file that is not there', () => {
    writeFileSync(join(directory, 's01m.mpg'), 'x');
    const { status, stderr } = mmx(
      directory,
      'data',
      'prepare',
      'cuave',
      '--data',
      'cuave=.',
      '--boxes',
      'no.csv',
    );
    expect([status, stderr]).toEqual([1, 'mmx: cannot read the mouth boxes no.csv: it does not exist\n']);
    rmSync(join(directory, 's01m.mpg'));
  });
});

describe('mmx data init', () => {
  it('writes a manifest and an experiment that run once the manifest is filled in, and overwrites nothing', () => {
    const directory = emptyDirectory('init');
    expect(mmx(directory, 'data', 'init', 'mine').status).toBe(0);
    const mine = join(directory, 'mine');
    expect(readdirSync(mine).sort()).toEqual(['README.md', 'experiment.yaml', 'manifest.csv']);
    const check = mmx(directory, 'data', 'check', 'manifest', '--data', 'manifest=mine');
    expect([check.status, check.stdout]).toEqual([
      1,
      expect.stringContaining('recordings/one_anna_1.wav does not exist'),
    ]);

    const template = readFileSync(join(mine, 'manifest.csv'), 'utf8');
    const heading = template.split('\n').find((line) => line.startsWith('audio,')) ?? '';
    mkdirSync(join(mine, 'clips'));
    const rows = Array.from({ length: 24 }, (_, clip) => {
      const label = clip % 2;
      writeFileSync(join(mine, `clips/${clip}.wav`), tone(label === 0 ? 300 : 900, clip));
      writeFileSync(join(mine, `clips/${clip}.npy`), encodeNpy(mouths(label, clip)));
      return `clips/${clip}.wav,clips/${clip}.npy,${label},s${clip % 3},,${clip < 16 ? 'train' : 'test'},,,25,`;
    });
    writeFileSync(join(mine, 'manifest.csv'), `${[heading, ...rows].join('\n')}\n`);
    const fewer = ['rbm.audio.epochs=2', 'rbm.video.epochs=2', 'rbm.joint.epochs=2', 'autoencoder.epochs=1'];
    const small = ['rbm.audio.hidden=30', 'rbm.video.hidden=30', 'rbm.joint.hidden=30', 'seeds=[1]'];
    expect(mmx(directory, 'data', 'check', 'mine/experiment.yaml')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/usable\nnext: {3}mmx table mine\/experiment\.yaml\n$/),
    });
    const run = mmx(directory, 'table', 'mine/experiment.yaml', ...fewer, ...small, '--json', '-q');
    expect([run.stderr, run.status]).toEqual(['', 0]);
    const table = JSON.parse(run.stdout) as { rows: { id: string; cells: Record<string, unknown> }[] };
    expect(table.rows.map(({ id }) => id)).toEqual(['windows', 'rbm', 'autoencoder']);

    const again = mmx(directory, 'data', 'init', 'mine');
    expect(again.status).toBe(2);
    expect(again.stderr).toBe(
      'mmx: mine/manifest.csv exists already: nothing was written\n  → name another folder, e.g.: mmx data init mine\n',
    );
    expect(readFileSync(join(mine, 'manifest.csv'), 'utf8').split('\n')).toHaveLength(26);
  }, 200_000);
});

/** 0.8 seconds of 16-bit sound at 16 kHz. */
function tone(frequency: number, seed: number): Uint8Array {
  const count = 12_800;
  const bytes = Buffer.alloc(44 + 2 * count);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  [16, 1, 1, 16_000, 32_000, 2, 16].forEach((value, index) => {
    const [at = 0, wide = false] = [[16, true], [20], [22], [24, true], [28, true], [32], [34]][index] as [
      number,
      boolean?,
    ];
    if (wide) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt16LE(value, at);
  });
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * count, 40);
  for (let i = 0; i < count; i++) {
    const level =
      6000 * Math.sin((2 * Math.PI * frequency * i) / 16_000) + 900 * Math.sin(i * i * 0.001 * (seed + 1));
    bytes.writeInt16LE(Math.round(level), 44 + 2 * i);
  }
  return bytes;
}

/** Twenty pictures of a mouth that opens and shuts: slowly for one class, fast for the other. */
function mouths(label: number, seed: number) {
  const data = new Uint8Array(20 * 60 * 80);
  for (let i = 0; i < data.length; i++) {
    const [x, y, frame] = [i % 80, Math.floor(i / 80) % 60, Math.floor(i / 4800)];
    const open = 8 + 6 * Math.sin((label === 0 ? 0.4 : 1.5) * frame + seed);
    const inside = ((x - 40) / 24) ** 2 + ((y - 30) / open) ** 2 < 1;
    data[i] = (inside ? 60 : 160) + ((x * 7 + y * 13 + seed * 31 + frame * 17) % 23);
  }
  return { shape: [20, 60, 80], data };
}
