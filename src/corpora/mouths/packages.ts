import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { packagePlaces } from '../../engine/installed.js';

/** The packages that find faces, in the versions mmx was tested with: they bring their own models. */
const detectorPackages = [
  '@vladmandic/human@3.3.6',
  '@tensorflow/tfjs-converter@4.22.0',
  '@tensorflow/tfjs-backend-wasm@4.22.0',
] as const;

/** What supplies them. */
export const detectorRemedy = `npm install ${detectorPackages.join(' ')}`;

/** The installed detector. */
export interface DetectorFiles {
  /** With its version. */
  readonly name: string;
  /** Its build for WebAssembly. */
  readonly build: string;
  /** Folders, each with a separator at its end. */
  readonly models: string;
  readonly wasm: string;
}

/**
 * Looks for the packages without loading any.
 *
 * @param places files or folders beside whose `node_modules` they may lie: by default mmx's own and the one named in
 *   `MMX_PACKAGES`
 * @returns where they lie, or the first that is not installed
 */
export function findDetector(
  places: readonly string[] = packagePlaces(),
): DetectorFiles | { readonly missing: string } {
  const human = '@vladmandic/human';
  const found = locate(human, places);
  if (found === undefined) return { missing: human };
  // The package names its WebAssembly build in no way that Node understands; its files lie side by side.
  const build = join(dirname(found), 'human.node-wasm.js');
  const require = createRequire(build);
  let wasm: string;
  try {
    for (const module of ['core', 'converter']) require.resolve(`@tensorflow/tfjs-${module}`);
    wasm = require.resolve('@tensorflow/tfjs-backend-wasm');
  } catch (error) {
    return { missing: /'([^']+)'/.exec(String(error))?.[1] ?? '@tensorflow/tfjs-converter' };
  }
  const { version } = JSON.parse(readFileSync(join(dirname(found), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    name: `${human} ${version}`,
    build,
    models: join(dirname(found), '..', 'models', sep),
    wasm: join(dirname(wasm), sep),
  };
}

function locate(module: string, places: readonly string[]): string | undefined {
  for (const from of places) {
    try {
      return createRequire(from).resolve(module);
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}
