import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from './mmx.js';

/** Mouths can be found here: the optional packages of the face detector are installed. */
export const hasDetector = ['@vladmandic/human', '@tensorflow/tfjs-converter'].every((name) => {
  try {
    return createRequire(join(projectRoot, 'package.json')).resolve(name) !== '';
  } catch {
    return false;
  }
});
