import type { Target } from '../core/target.js';
import { binaryTargets } from './binary.js';
import { configTargets } from './config.js';
import { downloadTargets } from './downloads.js';
import { listedTargets } from './listed.js';
import { storedTargets } from './stored.js';
import { textTargets } from './text.js';

/** Every reader and loader that is fuzzed. */
export const targets: readonly Target[] = [
  ...binaryTargets,
  ...textTargets,
  ...listedTargets,
  ...configTargets,
  ...storedTargets,
  ...downloadTargets,
];

/** @throws Error when there is none of that name */
export function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found === undefined)
    throw new Error(`no target ${name}; there are ${targets.map((one) => one.name).join(', ')}`);
  return found;
}
