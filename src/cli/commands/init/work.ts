import { lstatSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFile } from '../../../config/project.js';
import { MmxError } from '../../../errors.js';
import { errorCodeOf, fileError, makeDirectory } from '../../../pipeline/store/files.js';
import { commandText } from '../../../report/text/shell.js';
import { labelled, print, printJson } from '../../output.js';
import type { InitFlags } from './command.js';
import { projectFiles } from './files.js';

/**
 * The work of `mmx init`. Files that are there stay as they are.
 *
 * @throws MmxError `cli/usage` where the folder is a project already, `store/*` where it cannot be written
 */
export function writeProject(directory: string, flags: InitFlags): void {
  const file = join(directory, projectFile);
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new MmxError('cli/usage', `${file} exists already: nothing was written`, {
      exitCode: 2,
      hint: 'name another folder, for example: mmx init my-project',
    });
  }
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of Object.entries(projectFiles)) {
    const path = join(directory, name);
    (isWritten(path, text) ? written : kept).push(path);
  }
  const next = [
    ...(directory === '.' ? [] : [`cd ${commandText([directory])}`]),
    'mmx evaluate configs/experiment.yaml',
    'mmx table configs/table.yaml',
    'mmx sweep configs/sweep.yaml --test',
    'mmx runs ls',
  ];
  if (flags.json) printJson({ written, kept, next });
  else {
    print(
      ...labelled('wrote   ', written),
      ...labelled(
        'kept    ',
        kept.map((path) => `${path}, which was there`),
      ),
      ...labelled('next:   ', next),
    );
  }
}

/** False where something of that name is there. @throws MmxError `store/*` */
function isWritten(path: string, text: string): boolean {
  try {
    makeDirectory(dirname(path));
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST' && lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      return false;
    throw fileError(error, path);
  }
}
