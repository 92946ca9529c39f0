import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startDetector } from '../../../../src/corpora/mouths/detector.js';
import { MmxError } from '../../../../src/errors.js';
import { scratchFolder } from '../folder.js';

const folder = scratchFolder();
let number = 0;
/** A process that stands in for the detector. */
const script = (text: string): URL => pathToFileURL(folder.write(`detector-${number++}.mjs`, text));
const picture = { width: 2, height: 2, data: new Uint8Array([1, 2, 3, 250]) };

async function failure(action: Promise<unknown>): Promise<MmxError> {
  const error = await action.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof MmxError)) throw error;
  return error;
}

describe('a detector', () => {
  it('is sent the very pixels, and answers picture by picture', async () => {
    const detector = await startDetector(
      script(`process.send({ type: 'ready', name: 'sums 1' });
        process.on('message', ({ width, height, data }) => {
          const sum = data.reduce((a, b) => a + b, 0);
          process.send({ type: 'mouth', mouth: sum === 0 ? null : { x: sum, y: height, width } });
        });`),
    );
    expect(detector.name).toBe('sums 1');
    expect(await detector.detect(picture)).toEqual({ x: 256, y: 2, width: 2 });
    expect(await detector.detect({ ...picture, data: new Uint8Array(4) })).toBeNull();
    detector.stop();
  });
  it('that lacks a package names it, and one command that supplies it', async () => {
    const error = await failure(
      startDetector(script(`process.send({ type: 'missing', module: '@vladmandic/human' });`)),
    );
    expect(error.code).toBe('mouths/no-detector');
    expect(error.message).toBe(
      'no mouths can be found: the package @vladmandic/human, which the face detector needs, is not installed',
    );
    expect(error.hint).toMatch(/^npm install @vladmandic\/human@[\d.]+ @tensorflow\/tfjs-converter@[\d.]+ /);
  });
  it.each([
    [
      'cannot start',
      `process.stderr.write('loading\\nno WebAssembly here\\n'); process.exitCode = 3;`,
      /no WebAssembly here$/,
    ],
    ['cannot be read', 'import "./nowhere.mjs";', /Cannot find module /],
    ['ends silently', 'process.exitCode = 4;', /it exited with code 4$/],
    [
      'says why',
      `process.send({ type: 'failed', reason: 'out of memory\\nmore' }); process.disconnect();`,
      /: out of memory$/,
    ],
  ])('that %s is one sentence', async (_, text, message) => {
    const error = await failure(startDetector(script(text)));
    expect(error.code).toBe('mouths/detector');
    expect(error.message).toMatch(/^the face detector failed: [^\n]+$/);
    expect(error.message).toMatch(message);
  });
  it('that dies at a picture says so there, and at every later one', async () => {
    const detector = await startDetector(
      script(`process.send({ type: 'ready', name: 'x' });
        process.on('message', () => process.kill(process.pid, 'SIGKILL'));`),
    );
    for (let i = 0; i < 2; i++) {
      const error = await failure(detector.detect(picture));
      expect(error.message).toBe('the face detector failed: it was ended by SIGKILL');
    }
  });
});
