import { type Koffi, loadKoffi } from './koffi.js';

/**
 * Those of the named shared libraries that the system's loader does not find or cannot load. Each is opened
 * and let go again; none when koffi, which opens them, is not there to ask.
 */
export function missingLibraries(names: readonly string[]): string[] {
  let koffi: Koffi;
  try {
    koffi = loadKoffi('tfjs-node-gpu');
  } catch {
    return [];
  }
  return names.filter((name) => {
    try {
      koffi.load(name, { lazy: true }).unload();
      return false;
    } catch {
      return true;
    }
  });
}
