import { join } from 'node:path';
import { npyShape, readNpy } from '../formats/npy.js';
import { features } from '../modalities/features.js';
import { statusOf } from '../read-file.js';
import type { ListedExample } from './corpus.js';
import { findingAbout } from './finding.js';
import { type Listing, listedCorpus } from './listed.js';
import { digits } from './mnist.js';

const NAME = 'av-mnist';

/** Of the 60,000 training examples MultiBench learns from the first 55,000 and keeps the others for validation. */
const LEARNT = 55_000 / 60_000;

const parts = ['train', 'test'] as const;

/**
 * AV-MNIST (Vielzeuf et al. 2018) as MultiBench (Liang et al. 2021) gives and splits it: pictures of MNIST, made harder by
 * leaving out three quarters of their energy, beside noisy spectrograms of spoken digits.
 */
export const avMnist = listedCorpus({
  name: NAME,
  title: 'AV-MNIST as in MultiBench: degraded MNIST pictures beside spectrograms of spoken digits',
  inputs: [
    { name: 'image', kind: features, options: { shape: [28, 28, 1], values: 'unit', divided_by: 255 } },
    { name: 'audio', kind: features, options: { shape: [112, 112, 1], values: 'unit', divided_by: 255 } },
  ],
  classes: digits,
  publishedSplit: true,
  size: { train: 55_000, test: 10_000 },
  howToGet: 'the folder avmnist of MultiBench, with image/, audio/ and the labels',
  list: listAvMnist,
});

function listAvMnist(directory: string): Listing {
  const problems: string[] = [];
  const found = parts.map((part): readonly ListedExample[] => {
    const labelFile = join(directory, `${part}_labels.npy`);
    const arrays = {
      image: join(directory, 'image', `${part}_data.npy`),
      audio: join(directory, 'audio', `${part}_data.npy`),
    };
    const missing = [labelFile, ...Object.values(arrays)].filter((file) => !statusOf(file)?.isFile());
    if (missing.length > 0) {
      problems.push(...missing.map((file) => `${file} is missing`));
      return [];
    }
    const { shape, data } = readNpy(labelFile);
    const labels = [...data];
    const stray = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label <= 9));
    if (shape.length !== 1 || stray >= 0) {
      problems.push(
        `${labelFile} holds ${shape.join(' x ')} labels, and one of them is ${labels[stray]}; digits from 0 to 9 are expected`,
      );
      return [];
    }
    for (const file of Object.values(arrays)) {
      const count = npyShape(file)[0];
      if (count !== labels.length)
        problems.push(`${file} holds ${count} examples, but ${labelFile} holds ${labels.length} labels`);
    }
    const kept = part === 'train' ? Math.floor(labels.length * LEARNT) : labels.length;
    return labels.slice(0, kept).map((label, index) => ({
      part,
      label: digits[label] ?? null,
      group: null,
      sources: { image: { value: arrays.image, index }, audio: { value: arrays.audio, index } },
      place: `${part} example ${index}`,
    }));
  });
  return {
    examples: found.flat(),
    counts: [
      { of: 'training examples', found: found[0]?.length ?? 0, expected: 55_000 },
      { of: 'test examples', found: found[1]?.length ?? 0, expected: 10_000 },
    ],
    findings: findingAbout(
      problems,
      'error',
      () => 'the arrays are not those of AV-MNIST',
      'the folder should hold image/train_data.npy, audio/train_data.npy, train_labels.npy, and the same of test',
    ),
  };
}
