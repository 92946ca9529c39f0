import { describe, expect, it } from 'vitest';
import { corpora } from '../../../../../src/corpora/registry.js';
import { modalityKinds } from '../../../../../src/modalities/index.js';
import { commandLine } from '../../../../support/command-line.js';

describe('mmx data ls', () => {
  it('says which corpora can be fetched', async () => {
    const rows: { name: string; fetch: string | null }[] = JSON.parse(
      (await commandLine('data', 'ls', '--json')).stdout,
    );
    const fetched = rows.flatMap(({ name, fetch }) => (fetch === null ? [] : [[name, fetch]]));
    expect(fetched).toEqual([
      ['mnist-fsdd', 'fsdd'],
      ['grid-digits', 'grid'],
      ['grid-letters', 'grid'],
      ['fsdd', 'fsdd'],
      ['ravdess', 'ravdess'],
    ]);
    const { stdout } = await commandLine('data', 'ls');
    expect(stdout).toMatch(/^mnist-fsdd .*\(your copy: --data fsdd=DIR, open: mmx data fetch fsdd\)$/m);
    expect(stdout).toMatch(/^fsdd .*\(your copy: --data fsdd=DIR, open: mmx data fetch fsdd\)$/m);
    expect(stdout).toMatch(/without a reader too: written-and-spoken-digits$/m);
  });
});

describe('mmx data info', () => {
  it.each([
    ['fsdd', ['audio'], ['classic-audio', 'cross-modality-audio']],
    ['timit', ['audio'], ['classic-audio', 'cross-modality-audio']],
  ])('%s: what a corpus of sound alone has', async (name, has, settings) => {
    const info = JSON.parse((await commandLine('data', 'info', name, '--json')).stdout);
    expect(info.modalities.map((one: { name: string }) => one.name)).toEqual(has);
    expect(info.settings).toEqual(settings);
    expect(info.architectures).not.toContain('video-only-deep-autoencoder');
    expect((await commandLine('data', 'info', name)).stdout).toMatch(/^modalities +audio$/m);
  });

  it.each(['cuave', 'mnist-fsdd', 'mnist-halves', 'talking-mouth'])(
    '%s: all settings of two modalities',
    async (name) => {
      const info = JSON.parse((await commandLine('data', 'info', name, '--json')).stdout);
      expect([info.modalities.length, info.settings.length]).toEqual([2, 9]);
    },
  );

  it('says how the modalities of a corpus of files are read, its presets and its options', async () => {
    const { stdout } = await commandLine('data', 'info', 'ravdess');
    expect(stdout).toMatch(
      /^modalities +image +image, 48 x 48 x 1, in \[0, 1\]\n +audio +audio, 130 x 40, scaled$/m,
    );
    expect(stdout).toMatch(/^presets +all, four$/m);
    expect(stdout).toMatch(/^ +corpus\.inputs\.audio\.coefficients +40 +Number of MFCCs per frame$/m);
    const info = JSON.parse((await commandLine('data', 'info', 'meld', '--json')).stdout);
    expect(info.presets).toEqual(['emotion', 'sentiment']);
    expect(info.modalities).toMatchObject([
      { name: 'text', kind: 'text', range: 'tokens', shape: [50] },
      { name: 'audio', kind: 'audio', range: 'real', shape: [40] },
    ]);
    expect(info.options.audio).toContainEqual({
      name: 'seconds',
      default: 15,
      description: 'Length in seconds: longer sound is cut, shorter sound is padded with silence',
    });
  });

  it('of own examples says which kinds of modalities there are', async () => {
    const { stdout } = await commandLine('data', 'info', 'examples');
    expect(stdout).toMatch(/^modalities +those that a config names \(corpus\.inputs\), of these kinds:$/m);
    for (const { kind, summary } of modalityKinds) expect(stdout).toContain(`${kind.padEnd(9)} ${summary}`);
    expect(stdout).toMatch(/^ +height +28 +Height in pixels/m);
    expect(stdout).toMatch(/^settings +fusion, and by modality: classic-NAME, cross-modality-NAME, /m);
    const info = JSON.parse((await commandLine('data', 'info', 'examples', '--json')).stdout);
    expect(info.kinds.map(({ kind }: { kind: string }) => kind)).toEqual(
      modalityKinds.map(({ kind }) => kind),
    );
  });

  it('says that a setting may be lists, where there are modalities to choose from', async () => {
    const lists = '{learn: [left, right], train: [left, right], test: [left]}, and any other lists';
    expect((await commandLine('data', 'info', 'mnist-halves')).stdout).toContain(lists);
    expect((await commandLine('data', 'info', 'timit')).stdout).not.toContain('lists');
  });

  it('every corpus has some of the modalities that its settings name, but own examples, which a config names', () => {
    for (const { name, has, modalities } of Object.values(corpora)) {
      expect(has.length > 0, name).toBe(name !== 'examples');
      expect(modalities.map(({ name }) => name)).toEqual(expect.arrayContaining([...has]));
    }
  });
});
