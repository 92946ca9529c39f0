import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clipsOfAnnotations } from '../../../../corpora/annotations/clips.js';
import { MmxError } from '../../../../errors.js';
import { replaceFile } from '../../../../pipeline/store/files.js';
import { labelled, print, printJson } from '../../../output.js';
import { annotationLines, annotationNumbers } from './annotation-lines.js';
import type { InitFlags } from './command.js';
import { exampleFiles } from './example-files.js';
import { manifestFiles } from './manifest-files.js';

/** The work of `mmx data init`. */
export function writeTemplates(directory: string, flags: InitFlags): void {
  checkFlags(flags);
  const names = Object.keys(flags.examples ? exampleFiles(directory) : manifestFiles(directory));
  const present = names.find((name) => existsSync(join(directory, name)));
  if (present !== undefined) {
    throw new MmxError('cli/usage', `${join(directory, present)} exists already: nothing was written`, {
      exitCode: 2,
      hint: 'name another folder, e.g.: mmx data init mine',
    });
  }
  const { from, recordings, tier: tiers, labels } = flags;
  const made =
    from === undefined
      ? undefined
      : clipsOfAnnotations({ from, folder: directory, recordings, tiers, labels });
  const texts = flags.examples ? exampleFiles(directory) : manifestFiles(directory, made?.clips);
  const files = Object.entries(texts).map(([name, text]) => {
    const file = join(directory, name);
    replaceFile(file, [Buffer.from(text)]);
    return file;
  });
  const config = join(directory, 'experiment.yaml');
  const next = [
    ...(flags.examples || made?.clips.every(({ video }) => video === '')
      ? []
      : [`mmx data prepare ${config}   (where movies show whole faces)`]),
    `mmx data check ${config}`,
    `mmx table ${config}`,
  ];
  if (flags.json) {
    printJson({ files, ...(made === undefined ? {} : { annotations: annotationNumbers(made) }), next });
    return;
  }
  const what = flags.examples ? 'examples' : 'recordings';
  print(
    ...(made === undefined ? [] : annotationLines(made)),
    ...labelled('wrote   ', files),
    ...(made === undefined
      ? [`next:   list your ${what} in ${files[0]}; ${files[2]} says how`, ...labelled('then:   ', next)]
      : labelled('next:   ', next)),
  );
}

/** @throws MmxError `cli/usage` where options do not go together */
function checkFlags({ examples, from, recordings, tier, labels }: InitFlags): void {
  if (examples && from !== undefined) {
    throw new MmxError('cli/usage', '--from lists recordings of speech, --examples anything else', {
      exitCode: 2,
      hint: 'give one of them',
    });
  }
  if (from !== undefined || (recordings ?? tier ?? labels) === undefined) return;
  throw new MmxError('cli/usage', '--recordings, --tier and --labels say how annotations are read', {
    exitCode: 2,
    hint: 'name the annotations: --from DIR',
  });
}
