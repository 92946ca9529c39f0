import { describe, expect, it } from 'vitest';
import { corpora } from '../../../../../src/corpora/registry.js';
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
    ]);
    const { stdout } = await commandLine('data', 'ls');
    expect(stdout).toMatch(/^mnist-fsdd .*\(your copy: --data fsdd=DIR, open: mmx data fetch fsdd\)$/m);
    expect(stdout).toMatch(/^fsdd .*\(your copy: --data fsdd=DIR, open: mmx data fetch fsdd\)$/m);
    expect(stdout).toMatch(/without a reader too: ravdess, written-and-spoken-digits$/m);
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

  it('says that a setting may be lists, where there are modalities to choose from', async () => {
    const lists = '{learn: [left, right], train: [left, right], test: [left]}, and any other lists';
    expect((await commandLine('data', 'info', 'mnist-halves')).stdout).toContain(lists);
    expect((await commandLine('data', 'info', 'timit')).stdout).not.toContain('lists');
  });

  it('every corpus has some of the modalities that its settings name', () => {
    for (const { has, modalities } of Object.values(corpora)) {
      expect(has.length).toBeGreaterThan(0);
      expect(modalities.map(({ name }) => name)).toEqual(expect.arrayContaining([...has]));
    }
  });
});
