import { dataOfCommand } from '../../pipeline/runs/cells.js';
import type { RunManifest } from '../../pipeline/runs/manifest.js';
import { foldersOf, places } from './places.js';

/** Where the copies lie that a recorded run read: as `--data` says now, as the run was told, or as the project says. */
export const copiesOfRun = (
  { command }: Pick<RunManifest, 'command'>,
  given: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({ ...foldersOf(places()), ...dataOfCommand(command), ...given });
