import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../../../../errors.js';
import { replaceFile } from '../../../../pipeline/store/files.js';
import { labelled, print, printJson } from '../../../output.js';
import type { InitFlags } from './command.js';
import { exampleFiles } from './example-files.js';
import { manifestFiles } from './manifest-files.js';

/** The work of `mmx data init`. */
export function writeTemplates(directory: string, flags: InitFlags): void {
  const [texts, what] = flags.examples
    ? [exampleFiles(directory), 'examples']
    : [manifestFiles(directory), 'recordings'];
  const present = Object.keys(texts).find((name) => existsSync(join(directory, name)));
  if (present !== undefined) {
    throw new MmxError('cli/usage', `${join(directory, present)} exists already: nothing was written`, {
      exitCode: 2,
      hint: 'name another folder, e.g.: mmx data init mine',
    });
  }
  const files = Object.entries(texts).map(([name, text]) => {
    const file = join(directory, name);
    replaceFile(file, [Buffer.from(text)]);
    return file;
  });
  if (flags.json) printJson({ files });
  else
    print(...labelled('wrote   ', files), `next:   list your ${what} in ${files[0]}; ${files[2]} says how`);
}
