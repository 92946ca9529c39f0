/** Corpora whose examples are read one by one: their lists, tables and arrays, and every example that they name. */
import { avMnist } from '../../../src/corpora/av-mnist.js';
import type { InputSections, ListedCorpus } from '../../../src/corpora/corpus.js';
import { examples, examplesTemplate } from '../../../src/corpora/examples.js';
import { listedReader } from '../../../src/corpora/listed.js';
import { meld } from '../../../src/corpora/meld.js';
import { encodeNpy, npyShape, readNpyRow } from '../../../src/formats/npy.js';
import { encodePng } from '../../../src/formats/png.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { damagedBytes } from '../core/bytes.js';
import { damagedFile, fuzzed, oddlyThere } from '../core/inputs.js';
import { Random } from '../core/random.js';
import { check, type Entry, type Target } from '../core/target.js';

const fixed = new Random(20110628, 'valid examples', 0);

/** Looks a copy over, opens it, and makes a row of every example of every modality. */
function readAll(corpus: ListedCorpus, preset?: string): void {
  const { findings, breakdown } = corpus.check('.', preset);
  check(
    findings.every(({ what, examples: places }) => what.length + places.join('').length < 20_000),
    'findings are short',
  );
  check(breakdown.classes.shown.length <= 1000, 'tallies are few');
  const opened = corpus.open({ data: '.', preset });
  check(opened.examples.length > 0, 'there are examples');
  for (const { name } of corpus.inputs) {
    check(/^[0-9a-f]{64}$/.test(opened.fingerprint(name)), 'a modality has a fingerprint');
    const reader = listedReader(corpus, name);
    const items = opened.examples.flatMap(({ sources }) => {
      const source = sources[name];
      return source ? [reader.read(source)] : [];
    });
    if (items.length === 0) continue;
    const fitted = JSON.parse(JSON.stringify(reader.fit(items)));
    const width = reader.shape.reduce((product, side) => product * side, 1);
    for (const item of items) {
      const row = reader.row(item, fitted);
      check(row.length === width, 'a row has the shape that is promised');
      check(row.every(Number.isFinite), 'values are finite');
      if (reader.range === 'unit' && row instanceof Float32Array) {
        check(
          row.every((value) => value >= 0 && value <= 1),
          'values are in [0, 1]',
        );
      }
      const { vocabulary } = reader;
      if (vocabulary !== undefined) {
        check(
          row.every((token) => token < vocabulary),
          'tokens are in the vocabulary',
        );
      }
    }
  }
}

const sound = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i) / 2);
const files: Readonly<Record<string, Uint8Array>> = {
  'photos/1.png': encodePng({ width: 5, height: 4, data: fixed.bytes(20) }),
  'photos/2.png': encodePng({ width: 2, height: 3, data: fixed.bytes(6) }),
  'photos/3.png': encodePng({ width: 2, height: 3, data: fixed.bytes(6) }),
  'voices/1.wav': encodeWav({ rate: 16000, samples: sound }),
  'voices/3.wav': encodeWav({ rate: 8000, samples: sound }),
  'voices/4.wav': encodeWav({ rate: 8000, samples: sound }),
  'long.npy': encodeNpy({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }),
  'short.npy': encodeNpy({ shape: [1, 2], data: Float32Array.of(1, 2) }),
};
const readings: readonly InputSections[] = [
  {},
  {
    caption: { kind: 'text', length: 5, vocabulary: 6 },
    photo: { kind: 'image', height: 3, width: 3 },
    voice: { kind: 'audio', rate: 8000, seconds: 0.05, coefficients: 4, bands: 8, points: 64, hop: 32 },
  },
  {
    caption: { kind: 'text', as: 'words', vocabulary: 5 },
    steps: { kind: 'features', shape: [2, 2], pad: true },
  },
];
const lists = [
  examplesTemplate(),
  'split,label,group,caption,steps\ntrain,a,x,one two,long.npy\ntrain,b,,"three, four",short.npy\ntest,a,,,long.npy\n',
  '# by hand\nSplit, Label, Caption, __proto__, kind, photo, voice, steps\ntrain,a,b,c,d,photos/1.png,,\ntest,b,e,f,g,photos/2.png,voices/1.wav,short.npy\n',
];

const listTarget: Target = {
  name: 'listed/examples',
  weight: 12,
  onDisk: true,
  least: { accepted: 0.03, refused: 0.3 },
  names: ({ files: there }) => ['examples.csv', 'examples in .:', ...there.keys()],
  make(random) {
    const there = new Map<string, Entry>(Object.entries(files));
    there.set('examples.csv', damagedFile(random.pick(lists), lists, random));
    if (random.chance(0.1)) {
      const name = random.pick(Object.keys(files));
      const bytes = files[name] ?? new Uint8Array(0);
      there.set(name, new Uint8Array(damagedBytes(new Uint8Array(bytes), [bytes], random)));
    }
    oddlyThere(there, random);
    return { files: there, words: [String(random.below(readings.length))] };
  },
  run({ words: [which] }) {
    readAll(examples.withInputs(readings[Number(which)] ?? {}));
    return 'accepted';
  },
};

const head = 'Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,StartTime';
const tables = [
  `${head}\n1,"Hi, there",Joey,joy,positive,0,0,"00:16:16,059"\n2,No.,Monica,anger,negative,0,1,x\n`,
  `${head}\n1,Well?,Chandler,neutral,neutral,0,0,"00:00:01,000"\n`,
];

const meldTarget: Target = {
  name: 'listed/meld',
  weight: 8,
  onDisk: true,
  least: { accepted: 0.03, refused: 0.2 },
  names: ({ files: there }) => ['meld in .:', ...there.keys()],
  make(random) {
    const there = new Map<string, Entry>();
    for (const [index, part] of ['train', 'test'].entries()) {
      const table = tables[random.chance(0.8) ? index : 1 - index] ?? '';
      there.set(`data/${part}_sent_emo.csv`, damagedFile(table, tables, random));
      there.set(`${part}_splits/dia0_utt0.wav`, encodeWav({ rate: 8000, samples: sound }));
    }
    oddlyThere(there, random);
    return { files: there, words: random.chance(0.7) ? [] : ['sentiment'] };
  },
  run({ words: [preset] }) {
    readAll(
      meld.withInputs({ audio: { seconds: 0.1, points: 128, hop: 64, bands: 20, coefficients: 8 } }),
      preset,
    );
    return 'accepted';
  },
};

/** Twelve examples of each part. */
const arrays: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  ['train', 'test'].flatMap((part): [string, Uint8Array][] => [
    [`image/${part}_data.npy`, encodeNpy({ shape: [12, 784], data: fixed.bytes(12 * 784) })],
    [`audio/${part}_data.npy`, encodeNpy({ shape: [12, 112, 112], data: fixed.bytes(12 * 112 * 112) })],
    [
      `${part}_labels.npy`,
      encodeNpy({ shape: [12], data: Int32Array.from({ length: 12 }, (_, i) => i % 10) }),
    ],
  ]),
);

const avMnistTarget: Target = {
  name: 'listed/av-mnist',
  weight: 3,
  onDisk: true,
  least: { accepted: 0.03, refused: 0.2 },
  names: ({ files: there }) => ['av-mnist in .:', ...there.keys()],
  make(random) {
    const there = new Map<string, Entry>(Object.entries(arrays));
    for (let count = random.between(1, 2); count > 0; count--) {
      const name = random.pick(Object.keys(arrays));
      const bytes = new Uint8Array(arrays[name] ?? []);
      const other = arrays[random.pick(Object.keys(arrays))] ?? bytes;
      there.set(name, random.chance(0.2) ? other : new Uint8Array(damagedBytes(bytes, [other], random)));
    }
    oddlyThere(there, random);
    return { files: there, words: [] };
  },
  run() {
    readAll(avMnist);
    return 'accepted';
  },
};

const valid = [Float64Array, Float32Array, Int32Array, Uint8Array].map((type) =>
  encodeNpy({ shape: [3, 2, 2], data: new type(12).map((_, index) => index) }),
);

const rowTarget: Target = {
  name: 'listed/npy-row',
  weight: 15,
  onDisk: true,
  least: { accepted: 0.05, refused: 0.2 },
  make(random) {
    const bytes = random.chance(0.05) ? random.pick(valid) : damagedBytes(random.pick(valid), valid, random);
    const there = new Map<string, Entry>([[fuzzed, new Uint8Array(bytes)]]);
    oddlyThere(there, random);
    return { files: there, words: [String(random.pick([0, 1, 2, 3, 2 ** 31, 2 ** 52]))] };
  },
  run({ words: [index] }) {
    const { shape, data } = readNpyRow(fuzzed, Number(index));
    check(data.length === shape.reduce((product, side) => product * side, 1), 'the shape fits the data');
    check((npyShape(fuzzed)[0] ?? 0) > Number(index), 'there is such a row');
    return 'accepted';
  },
};

export const listedTargets: readonly Target[] = [listTarget, meldTarget, avMnistTarget, rowTarget];
