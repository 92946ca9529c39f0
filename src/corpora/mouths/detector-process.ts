/**
 * The face detector, in a process of its own: it brings a tfjs that must not meet the one the models run on. It is sent
 * pictures and answers where the mouth is. Nothing is fetched: models and WebAssembly lie in the packages.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FromDetector, Mouth, Picture } from './mouth.js';
import { type DetectorFiles, findDetector } from './packages.js';

/** The part of @vladmandic/human that is used here. */
interface Human {
  readonly tf: {
    tensor4d(values: Int32Array, shape: readonly number[], type: 'int32'): unknown;
    dispose(tensor: unknown): void;
  };
  load(): Promise<void>;
  detect(picture: unknown): Promise<{
    readonly error: string | null;
    readonly face: readonly { readonly mesh: readonly (readonly [x: number, y: number, z: number])[] }[];
  }>;
}
type HumanModule = { readonly Human: new (options: object) => Human };

/** Points of the face mesh (MediaPipe's numbering): the corners of the lips, and their outer outline with the corners. */
const corners = [61, 291] as const;
const outline = [
  ...[61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
  ...[146, 91, 181, 84, 17, 314, 405, 321, 375],
];

const say = (message: FromDetector): void => {
  process.send?.(message);
};

async function loadHuman({ build, models, wasm }: DetectorFiles): Promise<Human> {
  const address = pathToFileURL(models).href;
  readOnlyFrom(address);
  const { Human } = createRequire(build)(build) as HumanModule;
  const off = { enabled: false };
  const human = new Human({
    ...{ backend: 'wasm', wasmPath: wasm, modelBasePath: address },
    ...{ debug: false, async: false, warmup: 'none', cacheSensitivity: 0, skipAllowed: false },
    ...{ filter: off, gesture: off, body: off, hand: off, object: off, segmentation: off },
    face: {
      enabled: true,
      detector: { rotation: false, maxDetected: 1, minConfidence: 0.2, skipFrames: 0, skipTime: 0 },
      mesh: { enabled: true },
      ...{ attention: off, iris: off, emotion: off, description: off, antispoof: off, liveness: off },
    },
  });
  await human.load();
  return human;
}

/** tfjs asks `fetch` for models, which in Node reads no files; here it reads those below one folder, and nothing else. */
function readOnlyFrom(folder: string): void {
  globalThis.fetch = async (input) => {
    const address = input instanceof Request ? input.url : String(input);
    if (!new URL(address).href.startsWith(folder))
      throw new Error(`${address} is not a file of the detector`);
    const type = address.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return new Response(new Uint8Array(await readFile(fileURLToPath(address))), {
      headers: { 'content-type': type },
    });
  };
}

async function mouthIn(human: Human, { width, height, data }: Picture): Promise<Mouth | null> {
  const colours = new Int32Array(3 * width * height);
  for (let i = 0; i < colours.length; i++) colours[i] = data[Math.floor(i / 3)] ?? 0;
  const tensor = human.tf.tensor4d(colours, [1, height, width, 3], 'int32');
  const { error, face } = await human.detect(tensor);
  human.tf.dispose(tensor);
  if (error) throw new Error(error);
  const mesh = face[0]?.mesh ?? [];
  const lips = outline.flatMap((index) => (mesh[index] === undefined ? [] : [mesh[index]]));
  const [left, right] = corners.map((index) => mesh[index]);
  if (left === undefined || right === undefined || lips.length < outline.length) return null;
  const mean = (axis: 0 | 1): number => lips.reduce((sum, point) => sum + point[axis], 0) / lips.length;
  // Points are numbered pixels; half a pixel further is their middle.
  return {
    x: mean(0) + 0.5,
    y: mean(1) + 0.5,
    width: Math.hypot(right[0] - left[0], right[1] - left[1]),
  };
}

async function serve(): Promise<void> {
  // Its remarks are of no use to anyone here.
  const silent = (): void => {};
  Object.assign(console, { log: silent, info: silent, warn: silent, debug: silent });
  const files = findDetector();
  if ('missing' in files) {
    say({ type: 'missing', module: files.missing });
    process.disconnect();
    return;
  }
  const human = await loadHuman(files);
  process.on('message', (picture: Picture) => {
    mouthIn(human, picture).then((mouth) => say({ type: 'mouth', mouth }), fail);
  });
  say({ type: 'ready', name: files.name });
}

function fail(error: unknown): void {
  say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  process.disconnect();
}

process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', fail);
serve().catch(fail);
