import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../../src/pipeline/evidence/evidence.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import {
  confusionOf,
  confusionText,
  unanswerableOf,
  unanswerableText,
} from '../../../../src/report/html/answers-figures.js';
import { curvesOf, curvesText } from '../../../../src/report/html/curves-figure.js';
import { faults, manifest, stage, store, temporary, the } from './fixture.js';

let artifacts: ArtifactStore;
beforeEach(() => {
  artifacts = new ArtifactStore(join(temporary(), 'store'));
});

const rbms = [1, 2].map((seed) => stage('rbm', `rbm left (392 → 60), seed ${seed}`));
const curve = (values: readonly number[]) =>
  values.map((reconstruction, index) => ({ epoch: index + 1, reconstruction }));

describe('training curves', () => {
  it('join the seeds of one model, and describe their course by its means', () => {
    store(artifacts, the(rbms[0]), { curve: curve([20, 12, 8]) }, { parameters: { name: 'left', seed: 1 } });
    store(artifacts, the(rbms[1]), { curve: curve([30, 14, 10]) }, { parameters: { name: 'left', seed: 2 } });
    const { curves, made, lacking } = evidenceOf(
      [
        { name: 'a', manifest: manifest({ stages: rbms }) },
        { name: 'b', manifest: manifest({ stages: rbms }) },
        { name: 'c', manifest: null },
      ],
      artifacts,
    );
    expect({ made, lacking }).toEqual({ made: 2, lacking: 0 });
    expect(curves).toHaveLength(1);
    const [one] = curves;
    expect(one?.lines.map((line) => line.map(({ value }) => value))).toEqual([
      [20, 12, 8],
      [30, 14, 10],
    ]);
    expect(curvesText(the(one))).toBe(
      'reconstruction error of rbm left (392 → 60), mean of 2 runs: from 25 in the first to 9 in the last of 3 epochs',
    );
    const markup = curvesOf(curves, true);
    expect(faults(markup)).toEqual([]);
    const [, first = ''] = /points="([^"]*)"/.exec(markup) ?? [];
    const places = first.split(' ').map((pair) => pair.split(',').map(Number));
    // 20, 12, 8 of 8 … 30: pixels grow downwards, and the way from 20 to 12 is twice that from 12 to 8.
    const fall = (from: number): number => the(places[from + 1]?.[1]) - the(places[from]?.[1]);
    expect(fall(0) / fall(1)).toBeCloseTo(2, 1);
    expect(places[1]?.[0]).toBeCloseTo((the(places[0]?.[0]) + the(places[2]?.[0])) / 2, 1);
  });

  it('keep models of one label but other parameters apart', () => {
    store(artifacts, the(rbms[0]), { curve: curve([1, 2]) }, { parameters: { config: 'a', seed: 1 } });
    store(artifacts, the(rbms[1]), { curve: curve([3, 4]) }, { parameters: { config: 'b', seed: 2 } });
    expect(evidenceOf([{ name: 'a', manifest: manifest({ stages: rbms }) }], artifacts).curves).toHaveLength(
      2,
    );
  });

  it('draw one epoch, and a loss that does not change', () => {
    const of = (values: readonly number[]) => [
      {
        model: 'm',
        quantity: 'loss' as const,
        tables: ['a'],
        lines: [values.map((value, index) => ({ epoch: index + 1, value }))],
      },
    ];
    for (const values of [[5], [5, 5]]) expect(curvesOf(of(values), true)).not.toContain('NaN');
    expect(curvesText(the(of([5])[0]))).toContain('5 after one epoch');
  });
});

/** As a stage's; a record that names anything else is damaged. */
const framesHash = (number: number): string => `f${number}`.repeat(32);

describe('answers', () => {
  const scores = [1, 2].map((seed) => stage('score', `score bimodal-dbn, fusion, seed ${seed}`));
  const corpus = { train: 'train', tests: ['test'], classes: ['ga', 'b<a', 'da'] };
  const score = (confusion: number[][], answers?: number[]) => ({
    accuracy: 50,
    folds: [50],
    c: [1],
    crossValidation: [],
    dimensions: 1,
    trained: 1,
    tested: 1,
    confusion,
    ...(answers ? { answers } : {}),
  });
  const origin = (seed: number, test: string) => ({
    parameters: { corpus, seed },
    inputs: { train: framesHash(0), test },
  });

  it('add up over seeds, in counts, percent and words', () => {
    store(
      artifacts,
      the(scores[0]),
      score(
        [
          [8, 2, 0],
          [0, 9, 1],
          [0, 0, 10],
        ],
        [1, 2, 7],
      ),
      origin(1, framesHash(1)),
    );
    store(
      artifacts,
      the(scores[1]),
      score(
        [
          [6, 4, 0],
          [0, 10, 0],
          [1, 0, 9],
        ],
        [3, 2, 5],
      ),
      origin(2, framesHash(1)),
    );
    const { answers } = evidenceOf([{ name: 'a', manifest: manifest({ stages: scores }) }], artifacts);
    expect(answers).toEqual([
      {
        classifier: 'bimodal-dbn, fusion',
        runs: 2,
        classes: ['ga', 'b<a', 'da'],
        confusion: [
          [14, 6, 0],
          [0, 19, 1],
          [1, 0, 19],
        ],
        unanswerable: [4, 4, 12],
        tables: ['a'],
      },
    ]);
    const [one] = answers;
    expect(confusionText(the(one))).toBe(
      'Confusion matrix of bimodal-dbn, fusion: 3 classes, 60 answers, 86.7 % correct. ' +
        'Confused most: ga taken for b<a (30 %), b<a taken for da (5 %), da taken for ga (5 %).',
    );
    expect(unanswerableText(the(one))).toBe(
      'Answers of bimodal-dbn, fusion to 20 clips without a right answer: ga 20.0 %, b<a 20.0 %, da 60.0 %',
    );
    const markup = confusionOf(the(one), true) + unanswerableOf(answers);
    expect(faults(markup)).toEqual([]);
    expect(markup).not.toContain('b<a');
    const numbers = [...markup.matchAll(/class="(?:on|beside)-share"[^>]*>([^<]*)</g)].map(
      ([, text]) => text,
    );
    expect(numbers).toEqual(['70', '30', '95', '5', '5', '95']);
    const [ga, , da] = [...markup.matchAll(/class="bar"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(the(da) / the(ga)).toBeCloseTo(3);
  });

  it('of one name on other frames are told apart by them', () => {
    const frames = ['digits, test', 'digits, test at 0 dB'].map((label, index) =>
      stage('frames', `frames of ${label}`, { hash: framesHash(index + 1) }),
    );
    const train = stage('frames', 'frames of digits, train', { hash: framesHash(0) });
    for (const [index, one] of scores.entries())
      store(artifacts, one, score([[1]]), origin(1, framesHash(index + 1)));
    const { answers } = evidenceOf(
      [{ name: 'a', manifest: manifest({ stages: [train, ...frames, ...scores] }) }],
      artifacts,
    );
    expect(answers.map(({ classifier }) => classifier)).toEqual([
      'bimodal-dbn, fusion (digits)',
      'bimodal-dbn, fusion (digits, train → digits, test at 0 dB)',
    ]);
  });

  it('of one name and data, but of models that differ, are not added up', () => {
    // Four autoencoders: two seeds of two ways to learn.
    const models = [1, 2].flatMap((seed) =>
      ['both', 'video'].map((reconstruct) => {
        const model = stage('autoencoder', `${reconstruct} seed ${seed}`, {
          label: `autoencoder, seed ${seed}`,
        });
        const parameters = { config: { reconstruct }, seed };
        store(artifacts, model, { curve: [{ epoch: 1, loss: seed }] }, { parameters });
        return { seed, model };
      }),
    );
    const tests = models.map(({ seed, model }, index) => {
      const one = stage('score', `score ${index}`, { label: `score ae, video, seed ${seed}` });
      store(artifacts, one, score([[index]]), {
        parameters: { corpus, seed },
        inputs: { model: model.hash },
      });
      return one;
    });
    const [first, , third] = tests;
    const { answers, curves } = evidenceOf(
      [
        { name: 'table1', manifest: manifest({ stages: [the(first), the(third)] }) },
        { name: 'controls', manifest: manifest({ stages: [...models.map(({ model }) => model), ...tests] }) },
      ],
      artifacts,
    );
    expect(
      answers.map(({ classifier, runs, confusion, tables }) => [classifier, runs, confusion, tables]),
    ).toEqual([
      ['ae, video', 2, [[0 + 2]], ['table1', 'controls']],
      ['ae, video, variant 2', 2, [[1 + 3]], ['controls']],
    ]);
    expect(curves.map(({ lines }) => lines.length)).toEqual([2, 2]);
  });

  it('of one name are told apart by the cells that show them, in one table or in several', () => {
    const model = (reconstruct: string) => {
      const one = stage('autoencoder', reconstruct, { label: 'autoencoder, seed 1' });
      store(artifacts, one, { curve: [{ epoch: 1, loss: 1 }] }, { parameters: { reconstruct } });
      return one;
    };
    const tests = ['both', 'video'].map((reconstruct, index) => {
      const one = stage('score', `score of ${reconstruct}`, { label: 'score ae, video, seed 1' });
      store(artifacts, one, score([[index + 1]]), {
        parameters: { corpus },
        inputs: { model: model(reconstruct).hash },
      });
      return { ...one, cells: [`${reconstruct} reconstructed, video`] };
    });
    const { answers } = evidenceOf(
      [
        { name: 'table1', manifest: manifest({ stages: tests }) },
        {
          name: 'controls',
          manifest: manifest({ stages: [{ ...the(tests[0]), cells: ['control, video'] }] }),
        },
      ],
      artifacts,
    );
    expect(answers.map(({ classifier, confusion }) => [classifier, confusion])).toEqual([
      ['ae, video (both reconstructed, video; control, video)', [[1]]],
      ['ae, video (video reconstructed, video)', [[2]]],
    ]);
  });

  it('count what is not stored, and tell of what is damaged', () => {
    store(artifacts, the(scores[0]), score([[1]]));
    writeFileSync(join(artifacts.pathOf(the(scores[0]).hash), 'result.json'), '{}');
    const { answers, made, lacking, damaged } = evidenceOf(
      [{ name: 'a', manifest: manifest({ stages: [...scores, ...rbms] }) }],
      artifacts,
    );
    expect({ answers, made, lacking }).toEqual({ answers: [], made: 4, lacking: 3 });
    expect(damaged).toEqual([expect.stringContaining('A stored artifact is damaged')]);
  });

  it('of records that name each other in a circle, or a member of every object, are told all the same', () => {
    const [one, other] = [the(scores[0]), the(scores[1])];
    store(artifacts, one, score([[1]]), { parameters: { corpus }, inputs: { a: other.hash } });
    store(artifacts, other, score([[2]]), { parameters: { corpus }, inputs: { a: one.hash } });
    const odd = stage('score', 'odd');
    const named = { ...corpus, train: 'constructor', tests: ['__proto__'] };
    store(artifacts, odd, score([[3]]), { parameters: { corpus: named } });
    const { answers } = evidenceOf(
      [{ name: 'a', manifest: manifest({ stages: [one, other, odd] }) }],
      artifacts,
    );
    expect(answers.map(({ confusion }) => confusion).sort()).toEqual([[[1]], [[2]], [[3]]]);
    // As many names as there are classes, or none.
    expect(answers.map(({ classes }) => classes)).toEqual([['0'], ['0'], ['0']]);
  });
});
