import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { boxFileName, preparedFolder } from '../../../../corpora/mouth-boxes.js';
import { folderOfCopy, moviesOf } from '../../../../corpora/mouths/movies.js';
import { mouthArray } from '../../../../corpora/mouths/samples.js';
import { type BoxFile, boxFileFrom, boxFileOf } from '../../../../corpora/mouths/summary.js';
import type { RecordedCorpus } from '../../../../corpora/recordings.js';
import { corpusNamed, recordedCorpora } from '../../../../corpora/registry.js';
import { MmxError } from '../../../../errors.js';
import { dataOf, type LocalCorpora } from '../../../../pipeline/plan/resolve.js';
import { replaceFile } from '../../../../pipeline/store/files.js';
import { findShown } from '../../../mouths/find.js';
import { writeSheets } from '../../../mouths/sheets.js';
import { fewNames, linesOf, numbersOf } from '../../../mouths/summary.js';
import { labelled, print, printJson } from '../../../output.js';
import { corporaOf, isConfig } from '../corpora-of-config.js';
import type { PrepareFlags } from './command.js';

/** The work of `mmx data prepare`. */
export async function prepareCorpus(named: string, flags: PrepareFlags): Promise<void> {
  const { name, data } = isConfig(named) ? facesOf(named, flags) : { name: named, data: flags.data ?? {} };
  const { corpus, place } = copyOf(name, data);
  const copy = folderOfCopy(place);
  const folder = flags.out ?? preparedFolder(corpus.name, copy);
  const movies = moviesOf(corpus, place);
  const found = flags.boxes === undefined ? await findShown(movies, folder, flags) : undefined;
  const file =
    found === undefined
      ? boxFileFrom(flags.boxes ?? '', movies)
      : boxFileOf(
          movies,
          found.records,
          found.failures.map(({ movie }) => movie),
        );
  const written = [join(folder, boxFileName), ...(flags.inPlace ? [join(copy, boxFileName)] : [])];
  for (const one of written) replaceFile(one, [Buffer.from(file.text)]);
  if (flags.crops) written.push(...writeCrops(file, folder));
  written.push(...(await writeSheets(file.movies, folder)));
  const beside = join(copy, boxFileName);
  const hidden = !flags.inPlace && existsSync(beside);
  const standard = resolve(folder) === resolve(preparedFolder(corpus.name, copy));
  const use = hidden
    ? `${beside} is there and is used before this: take it away, or run again with --in-place`
    : flags.inPlace || standard
      ? `${flags.inPlace ? 'all commands' : 'commands run in this folder'} find ${boxFileName} there`
      : `to use it: cp ${join(folder, boxFileName)} ${beside}`;
  if (flags.json) printJson({ corpus: corpus.name, ...numbersOf(file, found), files: written, use });
  else {
    const again = isConfig(named) ? named : `${name} --data ${name}=${place}`;
    print(...linesOf(file, found), ...labelled('wrote   ', [...fewNames(written), use]));
    print(`next:   look at the contact sheets, then: mmx data check ${again}`);
  }
  if (found !== undefined && found.failures.length > 0) process.exitCode = 1;
}

/**
 * The corpus of a file of experiments whose mouths are found, and where its copy lies.
 *
 * @throws MmxError `cli/usage` where it has none, or more than one
 */
function facesOf(
  file: string,
  { data = {} }: PrepareFlags,
): { readonly name: string; readonly data: LocalCorpora } {
  const asked = corporaOf(file, data).filter(({ name }) => facesOfCorpora().some((one) => one.name === name));
  const names = [...new Set(asked.map(({ name }) => name))];
  const [corpus] = asked;
  if (corpus !== undefined && names.length === 1) {
    const place = dataOf(corpus, data);
    return { name: corpus.name, data: place === undefined ? {} : { [corpus.name]: place } };
  }
  const what = names.length === 0 ? 'no corpus with movies of faces' : `several: ${names.join(', ')}`;
  throw new MmxError('cli/usage', `${file} names ${what}`, {
    exitCode: 2,
    hint: 'name the corpus: mmx data prepare CORPUS --data CORPUS=DIR',
  });
}

const facesOfCorpora = (): readonly RecordedCorpus[] =>
  recordedCorpora.filter((one) => one.needsBoxes || one.name === 'manifest');

/** @throws MmxError `cli/usage` when the corpus has no movies of faces, or no copy is named */
function copyOf(
  name: string,
  data: LocalCorpora,
): { readonly corpus: RecordedCorpus; readonly place: string } {
  const known = facesOfCorpora();
  const corpus = known.find((one) => one.name === name);
  const place = data[name];
  if (corpus !== undefined && place !== undefined) return { corpus, place };
  if (corpus === undefined) corpusNamed(name);
  throw new MmxError(
    'cli/usage',
    corpus === undefined
      ? `${name} has no movies of faces, so there are no mouths to find`
      : `the folder of your copy of ${name} is needed`,
    {
      exitCode: 2,
      hint:
        corpus === undefined
          ? `corpora of faces: ${known.map((one) => one.name).join(', ')}`
          : `mmx data prepare ${name} --data ${name}=DIR (mmx data info ${name} says how to get one)`,
    },
  );
}

function writeCrops({ movies }: BoxFile, folder: string): readonly string[] {
  return movies.flatMap(({ movie, file, boxes }) => {
    if (boxes === null) return [];
    const target = join(folder, 'crops', `${movie.replaceAll('../', '')}.npy`);
    replaceFile(target, [mouthArray(file, boxes)]);
    return [target];
  });
}
