import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { findDetector } from '../../../src/corpora/mouths/packages.js';
import { inspectTools } from '../../../src/corpora/tools.js';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'mmx-tools-')));
afterAll(() => rmSync(scratch, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** A file in the scratch folder that can be executed. */
function write(path: string, text: string): string {
  mkdirSync(dirname(join(scratch, path)), { recursive: true });
  writeFileSync(join(scratch, path), text, { mode: 0o755 });
  return join(scratch, path);
}

const nothing = () => ({ missing: '@vladmandic/human' });

describe('what recordings need', () => {
  it.skipIf(process.platform === 'win32')('names the version of ffmpeg, and what of it is missing', () => {
    const folder = join(scratch, 'bin');
    mkdirSync(folder);
    vi.stubEnv('PATH', folder);
    const ffmpeg = () => inspectTools(nothing)[0];
    expect(ffmpeg()).toMatchObject({
      name: 'ffmpeg',
      usable: false,
      reason: 'it is not installed; corpora of movies need it',
      remedy: expect.stringMatching(/install.* ffmpeg/),
    });
    write('bin/ffmpeg', '#!/bin/sh\necho "ffmpeg version n6.1.2-extra Copyright"\n');
    expect(ffmpeg()).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/^ffprobe, .* not installed/),
    });
    write('bin/ffprobe', '#!/bin/sh\necho "ffprobe version n6.1.2-extra Copyright"\n');
    expect(ffmpeg()).toEqual({
      name: 'ffmpeg',
      usable: true,
      description: '6.1.2-extra: reads movies',
      loadedFrom: [join(folder, 'ffmpeg')],
    });
  });

  it('names the command that installs the mouth detector', () => {
    expect(inspectTools(nothing)[1]).toEqual({
      name: 'mouth detector',
      usable: false,
      reason: '@vladmandic/human is not installed; mmx data prepare needs it',
      remedy: expect.stringMatching(/^run: npm install @vladmandic\/human@\d/),
    });
  });
});

describe('the packages of the mouth detector', () => {
  const install = (name: string, main = 'index.js'): string => {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '9.8.7', main }));
    // Whoever loads it learns of it.
    return write(`node_modules/${name}/${main}`, 'throw new Error("loaded");');
  };

  it('are looked for one by one, and not loaded', () => {
    const place = [join(scratch, 'package.json')];
    expect(findDetector(place)).toEqual({ missing: '@vladmandic/human' });
    const human = install('@vladmandic/human', 'dist/human.js');
    for (const part of ['core', 'converter', 'backend-wasm']) {
      expect(findDetector(place)).toEqual({ missing: `@tensorflow/tfjs-${part}` });
      install(`@tensorflow/tfjs-${part}`);
    }
    const found = findDetector([join(scratch, 'elsewhere', 'package.json'), ...place]);
    expect(found).toMatchObject({ name: '@vladmandic/human 9.8.7' });
    expect('build' in found && dirname(found.build)).toBe(dirname(human));
    expect(inspectTools(() => found)[1]).toEqual({
      name: 'mouth detector',
      usable: true,
      description: '@vladmandic/human 9.8.7: finds mouths (mmx data prepare)',
      loadedFrom: ['build' in found && found.build],
    });
  });
});
