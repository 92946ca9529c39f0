import { MmxError } from '../errors.js';
import { latin1 } from '../formats/bytes.js';
import { featureName, movieName, recordingName } from '../formats/file-names.js';
import { readHtk } from '../formats/htk.js';
import { readNpy } from '../formats/npy.js';
import { readPlainHead, UnreadFile } from '../read-file.js';
import { type ClipEntry, clipName, filesOf } from './clip.js';
import { probedMovie } from './face-movie.js';
import { type Finding, findingAbout, plural } from './finding.js';
import { readLips } from './lips.js';
import { readSound } from './sound.js';

/** Movies that are not known by their first bytes and that ffprobe is asked about: it takes a tenth of a second each. */
const MOST_PROBED = 10;

/** Files that are not what their names say, without decoding movies and pictures: of those the first bytes are read. */
export function headerFindings(clips: readonly ClipEntry[]): readonly Finding[] {
  const check = fileCheck();
  const seen = new Set<string>();
  const examples: string[] = [];
  for (const entry of clips) {
    for (const file of entry.sources ? filesOf(entry.sources) : []) {
      if (seen.has(file)) continue;
      seen.add(file);
      const problem = check(file);
      if (problem !== undefined) examples.push(`${clipName(entry)}: ${problem}`);
    }
  }
  return findingAbout(
    examples,
    'error',
    (count) => `${plural(count, 'file')} ${count === 1 ? 'has' : 'have'} another format than the name says`,
    'a run stops at such a file: replace these files, or remove them to continue without them',
  );
}

/** Says what is wrong with a file. */
function fileCheck(): (file: string) => string | undefined {
  let probes = MOST_PROBED;
  return (file) => {
    try {
      if (recordingName.test(file)) readSound(file);
      else if (featureName.test(file)) readHtk(file);
      else if (/\.npy$/i.test(file)) readNpy(file);
      else if (/\.mat$/i.test(file)) readLips(file);
      else if (/\.png$/i.test(file)) return beginsAs(file, 'PNG pictures', isPng);
      else if (movieName.test(file)) {
        const problem = beginsAs(file, 'movies', isMovie);
        return problem === undefined || probes-- <= 0 ? problem : asProbed(file, problem);
      }
      return undefined;
    } catch (error) {
      if (error instanceof MmxError) return error.message;
      if (error instanceof UnreadFile) return `${file} cannot be read: ${error.message}`;
      throw error;
    }
  };
}

/** A movie of a kind that is not known here may be known to ffprobe, which has the last word where it is installed. */
function asProbed(file: string, problem: string): string | undefined {
  try {
    probedMovie(file);
    return undefined;
  } catch (error) {
    if (error instanceof MmxError && error.code === 'formats/no-ffmpeg') return problem;
    throw error;
  }
}

function beginsAs(file: string, what: string, isOne: (head: Buffer) => boolean): string | undefined {
  return isOne(readPlainHead(file, HEAD_BYTES)) ? undefined : `${file} does not begin like ${what}`;
}

/** Two packets of a transport stream, and the time before each that recorders add. */
const HEAD_BYTES = 400;

const isPng = (head: Buffer): boolean => latin1(head.subarray(0, 8)) === '\x89PNG\r\n\x1a\n';

/** MPEG, AVI, MP4 and QuickTime, Matroska, ASF, transport streams with and without times, DV. */
function isMovie(head: Buffer): boolean {
  const at = (offset: number, length: number): string => latin1(head.subarray(offset, offset + length));
  return (
    at(0, 3) === '\0\0\x01' ||
    (at(0, 4) === 'RIFF' && at(8, 4) === 'AVI ') ||
    /^(ftyp|moov|mdat|free|skip|wide|pnot)$/.test(at(4, 4)) ||
    at(0, 4) === '\x1a\x45\xdf\xa3' ||
    at(0, 4) === '\x30\x26\xb2\x75' ||
    (head[0] === 0x47 && head[188] === 0x47) ||
    (head[4] === 0x47 && head[196] === 0x47) ||
    at(0, 3) === '\x1f\x07\0'
  );
}
