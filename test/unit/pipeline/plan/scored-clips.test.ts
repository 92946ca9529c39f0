import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { stagesOf } from '../../../../src/pipeline/plan/experiment.js';
import type { PreparedExperiment } from '../../../../src/pipeline/plan/prepare.js';
import { clipNotes, refuseUnscorable } from '../../../../src/pipeline/plan/scored-clips.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { mouth, Recordings, voice } from '../../../support/recordings.js';
import { configOf, hashOf, identity, resolvedOf } from '../../../support/stages.js';

let copy: Recordings;
let store: ArtifactStore;
beforeEach(() => {
  copy = new Recordings();
  store = new ArtifactStore(`${copy.path}/store`);
});
afterEach(() => rmSync(copy.path, { recursive: true }));

const text = (corpus: string, rest = ''): string => `
corpus: ${corpus}
architecture: preprocessed
setting: classic-audio
${rest}`;

function prepared(corpus: string, rest = ''): PreparedExperiment {
  const config = configOf(text(corpus, rest));
  const resolved = resolvedOf(text(corpus, rest), { [corpus]: copy.path });
  return { config, resolved, runs: [{ seed: 1, stages: stagesOf(resolved, 1) }] };
}
const resultOf = ({ runs }: PreparedExperiment): StageSpec => runs[0]?.stages.result as StageSpec;

function save(spec: StageSpec | undefined, json: object): void {
  if (!spec) throw new Error('no stage');
  store.save(
    hashOf(spec),
    { tensors: {}, json: json as never },
    {
      kind: spec.kind,
      version: 1,
      label: spec.label,
      parameters: {},
      inputs: {},
      engine: { name: 'test', description: 'test', versions: {} },
      seconds: 1,
    },
  );
}

const fsdd = (...names: readonly string[]): void => {
  names.forEach((name, key) => {
    copy.wav(`${name}.wav`, voice(key));
  });
};
const manifest = (): void => {
  copy.manifest(
    [0, 1, 2, 3].map((key) => {
      copy.wav(`${key}.wav`, voice(key));
      copy.npy(`${key}.npy`, mouth(key));
      const part = key < 2 ? 'train' : 'test';
      return { audio: `${key}.wav`, video: `${key}.npy`, label: 'ab'[key % 2] ?? '', speaker: 's', part };
    }),
  );
};

describe('what is told of the clips behind a result', () => {
  it('is which test clips its own corpus trains on, by a published split', () => {
    fsdd('1_ann_5', '2_ann_5', '1_ann_0', '2_ann_0');
    const one = prepared('fsdd');
    expect(clipNotes(one, identity, store)).toEqual([]);
    save(resultOf(one).inputs.test_0, { repeated: ['1_ann_0'] });
    expect(clipNotes(one, identity, store)).toEqual([
      'fsdd: 1 of 2 test clips among its training clips, by its published split: tested all the same.',
    ]);
    // Cross-validation inside the training part has no test clips.
    expect(clipNotes(prepared('fsdd', 'evaluation: {protocol: train-folds}'), identity, store)).toEqual([]);
  });

  it('is a refusal where the split is the user’s own, of frames that were made before they were checked', () => {
    manifest();
    const one = prepared('manifest');
    save(resultOf(one).inputs.test_0, { repeated: ['00003'] });
    expect(() => clipNotes(one, identity, store)).toThrow(
      'test clip 00003 of manifest is among its own training clips',
    );
  });

  it('is how many lack what was shown', () => {
    manifest();
    const one = prepared('manifest');
    save(resultOf(one), { accuracy: 50, leftOut: { train: 1, test: 0 } });
    expect(clipNotes(one, identity, store)).toEqual([
      'manifest: 1 of 2 training clips without audio: left out of scoring.',
    ]);
  });
});

describe('an experiment that could not be scored', () => {
  it('is refused only where its result is asked for', () => {
    fsdd('1_ann_5', '2_ann_5');
    const one = prepared('fsdd');
    expect(() => refuseUnscorable([one], [resultOf(one)])).toThrow(
      'fsdd has no test clip, so nothing can be scored',
    );
    expect(() => refuseUnscorable([one], [])).not.toThrow();
    const folds = prepared('fsdd', 'evaluation: {protocol: train-folds}');
    expect(() => refuseUnscorable([folds], [resultOf(folds)])).not.toThrow();
  });
});
