import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useEngine } from '../../../../src/engine/registry.js';
import { rawExtractor } from '../../../../src/models/feature-extractors.js';
import type { ScoreParameters } from '../../../../src/pipeline/stages/parameters.js';
import { roundsOf } from '../../../../src/pipeline/stages/score.js';
import { writeSpokenDigits } from '../../../support/spoken-digits.js';
import { scratchFolder } from '../../corpora/folder.js';

describe('folds of a test part whose examples share recordings', () => {
  const folder = scratchFolder();
  beforeAll(async () => {
    await useEngine('wasm', { threads: 1 });
    writeSpokenDigits(folder.write, { speakers: ['ann'], takes: 6 });
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  it('have no recording on both sides', async () => {
    const parameters = {
      corpus: { name: 'mnist-fsdd', train: 10, heldOut: null, test: null, fingerprint: '' },
      setting: { supervisedTraining: ['audio'], testing: ['audio'], featureLearning: ['audio'] },
      evaluation: { protocol: 'test-folds', standardise: 'none', folds: 5, pooling: [1] },
      seed: 1,
    } as unknown as ScoreParameters;
    const context = { inputs: {}, local: { 'mnist-fsdd': folder.path } };
    const extract = rawExtractor(['audio']);
    const rounds = await roundsOf(parameters, context, {
      of: () => extract,
      memoised: (_fold, make) => make(extract),
    });
    expect(rounds.length).toBe(5);
    for (const { training, testings } of rounds) {
      const [testing] = testings;
      expect(training.labels.length + (testing?.labels.length ?? 0)).toBe(500);
      const learnt = new Set(training.groups);
      expect(learnt.size).toBeGreaterThan(30);
      expect(testing?.groups?.some((group) => learnt.has(group))).toBe(false);
    }
  });
});
