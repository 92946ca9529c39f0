/** Readers of text: labels, tables of mouth boxes, manifests, published numbers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faceMoviesOf, manifest, manifestTemplate } from '../../../src/corpora/manifest.js';
import { encodeMouthBoxes, parseMouthBoxes } from '../../../src/corpora/mouth-boxes.js';
import { encodeAlign, parseAlign } from '../../../src/formats/align.js';
import { parseElan } from '../../../src/formats/elan.js';
import { encodeHtk } from '../../../src/formats/htk.js';
import {
  encodeCuaveLabels,
  inSeconds,
  parseCuaveLabels,
  parseLabelLines,
  readLabelText,
} from '../../../src/formats/labels.js';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodePng } from '../../../src/formats/png.js';
import { parseTextGrid } from '../../../src/formats/textgrid.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { matrix } from '../../../src/matrix.js';
import { packageRoot } from '../../../src/package-root.js';
import { findPublished, loadPublished } from '../../../src/report/table/published.js';
import { elan, longGrid, shortGrid } from '../../unit/formats/annotations.js';
import { damagedFile, fuzzed, oddlyThere, textIn } from '../core/inputs.js';
import { check, type Entry, type Target } from '../core/target.js';

const segments = [
  { start: 0, end: 0.5, label: 'sil' },
  { start: 0.5, end: 1.25, label: 'zero' },
  { start: 1.25, end: 2, label: 'one' },
];
const cuave = [
  encodeCuaveLabels(
    new Map([
      ['normal', segments],
      ['moving', segments],
      ['profile', segments],
      ['continuous', segments],
    ]),
  ),
  encodeCuaveLabels(new Map([['normal', segments]]), '\n'),
  '5000000 12500000 zero\n12500000 20000000 one\n',
];
const align = [encodeAlign(segments), encodeAlign(segments, '\r\n')];
const phones = ['0 2400 h#\n2400 3900 sh\n3900 5100 iy\n'];
const boxes = [
  encodeMouthBoxes([
    { movie: 's01/a.mpg', frame: 0, x: 10, y: 20.5, width: 80, height: 60 },
    { movie: 's01/a.mpg', frame: 24, x: 12, y: 21, width: 80, height: 60 },
    { movie: 'with "quotes", and more.mp4', frame: null, x: 0, y: 0, width: 100, height: 75 },
  ]),
  '# by hand\nMOVIE, Frame, x, y, w, h\nb.avi,*,1,2,30,40\nb.avi,7,1,2,30,40\n',
];
const everyText = [...cuave, ...align, ...phones, ...boxes];

interface TextReader {
  readonly name: string;
  readonly weight: number;
  readonly valid: readonly string[];
  /** What is read from memory, or under its name in the working directory. */
  readonly read: (text: string) => void;
  readonly onDisk?: boolean;
}

function checkSegments(found: readonly { start: number; end: number; label: string }[]): void {
  for (const { start, end, label } of found) {
    check(start >= 0 && end >= start && Number.isFinite(end), 'times are in order');
    check(label.length > 0, 'labels are not empty');
  }
}

const readers: readonly TextReader[] = [
  {
    name: 'cuave-labels',
    weight: 35,
    valid: cuave,
    read: (text) => {
      for (const found of parseCuaveLabels(text, fuzzed).values()) checkSegments(found);
    },
  },
  { name: 'align', weight: 35, valid: align, read: (text) => checkSegments(parseAlign(text, fuzzed)) },
  {
    name: 'phones',
    weight: 10,
    valid: phones,
    onDisk: true,
    read: () => checkSegments(inSeconds(parseLabelLines(readLabelText(fuzzed), fuzzed), 16000)),
  },
  ...[
    { name: 'textgrid', valid: [longGrid, shortGrid], parse: parseTextGrid },
    { name: 'elan', valid: [elan], parse: parseElan },
  ].map(
    ({ name, valid, parse }): TextReader => ({
      ...{ name, valid, weight: 20 },
      read: (text) => {
        for (const { intervals } of parse(text, fuzzed).tiers) {
          for (const { start, end } of intervals) {
            check(start >= 0 && end >= start && Number.isFinite(end), 'times are in order');
          }
        }
      },
    }),
  ),
  {
    name: 'mouth-boxes',
    weight: 35,
    valid: boxes,
    read: (text) => {
      const found = parseMouthBoxes(text, fuzzed);
      for (const movie of ['s01/a.mpg', 'a.mpg', 'B.AVI', 'x']) {
        for (const frame of [0, 7, 12, 1e6]) {
          const box = found.of(movie)?.at(frame);
          if (box === undefined) continue;
          const { x, y, width, height } = box;
          check([x, y, width, height].every(Number.isFinite), 'boxes are finite');
          check(width >= 1 && height >= 1, 'boxes are not empty');
        }
      }
    },
  },
];

function targetOf({ name, weight, valid, read, onDisk = false }: TextReader): Target {
  return {
    name: `text/${name}`,
    weight,
    onDisk,
    least: { accepted: 0.05, refused: 0.15 },
    make(random) {
      const others = random.chance(0.6) ? valid : everyText;
      const files = new Map<string, Entry>([[fuzzed, damagedFile(random.pick(valid), others, random)]]);
      if (onDisk) oddlyThere(files, random);
      return { files, words: [] };
    },
    run(input) {
      read(onDisk ? '' : textIn(input));
      return 'accepted';
    },
  };
}

const publishedLines = readFileSync(
  join(packageRoot(), 'results', 'published', 'ngiam2011', 'published.csv'),
  'utf8',
).split('\n');
const published = [
  publishedLines.slice(0, 8).join('\n'),
  `${publishedLines[0]}\na,1,c,"m, n",x->y,1.5,,percent,"a ""note"""\n`,
];

const publishedTarget: Target = {
  name: 'text/published',
  names: () => ['published.csv'],
  weight: 20,
  onDisk: true,
  least: { accepted: 0.05, refused: 0.2 },
  make(random) {
    const files = new Map<string, Entry>([
      ['published.csv', damagedFile(random.pick(published), published, random)],
    ]);
    oddlyThere(files, random);
    return { files, words: [] };
  },
  run() {
    const numbers = loadPublished('published.csv');
    const [first] = numbers;
    for (const { value, pm2sd } of numbers) {
      check(Number.isFinite(value) && (pm2sd === null || pm2sd >= 0), 'values are numbers');
    }
    if (first) {
      const { source, table, corpus, method, condition } = first;
      check(
        findPublished({ source, table, corpus, method, condition }, numbers) === first,
        'it is found again',
      );
    }
    return 'accepted';
  },
};

const wave = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i) / 2);
const clipFiles: Readonly<Record<string, Uint8Array>> = {
  'a.wav': encodeWav({ rate: 16000, samples: wave }),
  'a.mfcc': encodeHtk({ samplePeriodSeconds: 0.01, kind: 'MFCC_E', values: matrix(5, 4, wave.slice(0, 20)) }),
  'a.npy': encodeNpy({ shape: [2, 6, 8], data: new Uint8Array(96) }),
  'frames/f1.png': encodePng({ width: 8, height: 6, data: new Uint8Array(48) }),
  'frames/f2.png': encodePng({ width: 8, height: 6, data: new Uint8Array(48) }),
};
const head = 'audio,video,label,speaker,repetition,split,from,to,video_rate,mouth';
const manifests = [
  `${head}\na.wav,frames,one,anna,1,train,,,25,\na.mfcc,a.npy,two,ben,2,test,,,,\n`,
  `# comment\n${head}\na.wav,,one,anna,,train,0.001,0.02,,\n,a.npy,,ben,3,test,,,12.5,whole\n`,
  'audio,video,label,speaker,repetition,split\na.wav,,"one, two",x,1,train\na.wav,,b,y,1,test\n',
  manifestTemplate(),
];

/** The clips of a manifest, read: its rows, and the files that they name. */
const manifestTarget: Target = {
  name: 'text/manifest',
  weight: 20,
  onDisk: true,
  least: { accepted: 0.03, refused: 0.3 },
  make(random) {
    const files = new Map<string, Entry>(Object.entries(clipFiles));
    files.set('manifest.csv', damagedFile(random.pick(manifests), manifests, random));
    if (random.chance(0.3)) files.set('boxes.csv', damagedFile(random.pick(boxes), boxes, random));
    oddlyThere(files, random);
    return { files, words: random.chance(0.5) ? ['.'] : ['manifest.csv'] };
  },
  names: ({ files, words: [place = '.'] }) => [
    place === '.' ? 'manifest in .:' : place,
    'manifest.csv',
    // Of a folder that a line names and that the input did not make.
    ' is not usable: it holds no PNG pictures',
    ...files.keys(),
  ],
  run({ words: [place = '.'] }) {
    // With clips read, and with the heads of their files looked at.
    const findings = [true, false].flatMap((read) => manifest.check(place, { read }).findings);
    check(
      findings.every(({ what, examples }) => what.length + examples.join('').length < 20_000),
      'findings are short',
    );
    faceMoviesOf(place);
    const { clips, files } = manifest.list(place);
    check(clips.length > 0 && files.length > 0, 'there are clips');
    for (const clip of clips) {
      const { audio, video } = clip.load();
      check(audio !== null || video !== null, 'a clip has sound or pictures');
    }
    return 'accepted';
  },
};

export const textTargets: readonly Target[] = [...readers.map(targetOf), publishedTarget, manifestTarget];
