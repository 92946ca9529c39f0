import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clipsOfAnnotations } from '../../../../corpora/annotations/clips.js';
import { clipsOfNames } from '../../../../corpora/annotations/named-clips.js';
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
  const { from, recordings, tier: tiers, labels, pattern, splitBy: partsBy } = flags;
  const folder = directory;
  const made =
    from === undefined
      ? undefined
      : pattern === undefined
        ? clipsOfAnnotations({ from, folder, recordings, tiers, labels, partsBy })
        : clipsOfNames({ from, folder, pattern, labels, partsBy });
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
function checkFlags(flags: InitFlags): void {
  const { examples, from, recordings, tier, labels, pattern, splitBy } = flags;
  const refuse = (problem: string, hint: string): never => {
    throw new MmxError('cli/usage', problem, { exitCode: 2, hint });
  };
  if (examples && from !== undefined) {
    refuse('--from lists recordings of speech, --examples anything else', 'give one of them');
  }
  if (pattern !== undefined && (recordings ?? tier) !== undefined) {
    refuse(
      '--recordings and --tier are about annotations, --pattern about names of recordings',
      'with --pattern, --from names the folder of the recordings',
    );
  }
  if (pattern === undefined && splitBy === 'repetition') {
    refuse(
      'annotations do not say which repetition a recording is',
      'give --split-by speaker or recording, or the {repetition} of names with --pattern',
    );
  }
  if (from === undefined && (recordings ?? tier ?? labels ?? pattern ?? splitBy) !== undefined) {
    refuse(
      '--recordings, --tier, --labels, --pattern and --split-by say how --from is read',
      'name the annotations, or the folder of the recordings: --from DIR',
    );
  }
}
