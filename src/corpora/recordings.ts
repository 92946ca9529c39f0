import { MmxError } from '../errors.js';
import { statusOf } from '../read-file.js';
import { type Breakdown, breakdownOf } from './breakdown.js';
import { type Clip, type ClipEntry, clipName, type KeptApart } from './clip.js';
import { clipFindings } from './clip-findings.js';
import { type Finding, finding, findingAbout, plural, refuseErrors } from './finding.js';
import { headerFindings } from './headers.js';

export { type Finding, finding, findingAbout, plural } from './finding.js';

/** How many of something there are, beside how many a whole copy has. */
export interface Count {
  readonly of: string;
  readonly found: number;
  /** Null where no number is known. */
  readonly expected: number | null;
}

/** What a look at a copy gave: nothing of the recordings themselves has been read. */
export interface ClipListing {
  readonly clips: readonly ClipEntry[];
  readonly counts: readonly Count[];
  readonly findings: readonly Finding[];
  /** Every file the clips are read from, sorted: what a fingerprint has to cover. */
  readonly files: readonly string[];
}

export interface ListOptions {
  /** File of mouth boxes for the corpora of whole faces; `boxes.csv` in the directory when absent. */
  readonly boxes?: string;
  /** False: clips come without pictures, and need no mouth boxes. */
  readonly video?: boolean;
  /** False: clips come without sound. */
  readonly audio?: boolean;
}

/** The outcome of `mmx data check`. */
export interface CorpusCheck {
  readonly corpus: string;
  readonly directory: string;
  readonly usable: boolean;
  readonly counts: readonly Count[];
  /** Clips or examples of each class, and of each speaker or group. */
  readonly breakdown: Breakdown;
  readonly findings: readonly Finding[];
}

/** A corpus of recordings that the user has a copy of. Each has a card in `datasets/`. */
export interface RecordedCorpus {
  readonly name: string;
  readonly title: string;
  readonly modalities: readonly ('audio' | 'video')[];
  readonly classes: readonly string[];
  /** True when its pictures show more than the mouth, so that mouth boxes are needed. */
  readonly needsBoxes: boolean;
  /** Its parts are as published: a test clip that is a training clip too is counted. Of other corpora it is refused. */
  readonly publishedSplit: boolean;
  /** What its published split keeps apart, where a copy of the training part alone does not show it. */
  readonly keepsApart?: KeptApart;
  /**
   * The clips of a copy in a fixed order. What is odd about the copy is in `findings`.
   *
   * @throws MmxError when the directory is missing or holds no usable clip
   */
  list(directory: string, options?: ListOptions): ClipListing;
  /**
   * Counts files and clips and says what is missing or odd; throws nothing. Where reading all clips takes long, the
   * heads of movies and pictures are looked at.
   *
   * @param options.read also read every clip, and report those that are damaged
   */
  check(directory: string, options?: ListOptions & { readonly read?: boolean }): CorpusCheck;
}

/** What distinguishes one recorded corpus from another. */
export interface CorpusDefinition
  extends Pick<
    RecordedCorpus,
    'name' | 'title' | 'modalities' | 'classes' | 'needsBoxes' | 'publishedSplit' | 'keepsApart'
  > {
  survey(directory: string, options: ListOptions): ClipListing;
  /** The copy may be one file, a list of the recordings, in place of a folder. */
  readonly acceptsFile?: boolean;
  /** False where it has no test part by design. */
  readonly tests?: boolean;
  /** Whether `check` reads all clips unless told otherwise: where it takes seconds. */
  readonly cheapToRead: boolean;
  /** What is odd about a clip that can be read, for `check`; null when nothing is. */
  inspect?(clip: Clip, entry: ClipEntry): string | null;
}

export function recordedCorpus(definition: CorpusDefinition): RecordedCorpus {
  const { name, title, modalities, classes, needsBoxes, publishedSplit, keepsApart } = definition;
  const survey = (directory: string, options: ListOptions): ClipListing => {
    requirePlace(name, directory, definition.acceptsFile === true);
    return definition.survey(directory, options);
  };
  return {
    ...{ name, title, modalities, classes, needsBoxes, publishedSplit },
    ...(keepsApart === undefined ? {} : { keepsApart }),
    list(directory, options = {}) {
      const listing = survey(directory, options);
      refuseErrors(name, directory, listing.findings);
      if (listing.clips.length === 0) {
        throw new MmxError('corpora/unusable', `${name} in ${directory}: there is no usable clip`, {
          hint: `see what is missing with: mmx data check ${name} --data ${name}=${directory}`,
        });
      }
      return listing;
    },
    check(directory, { read = definition.cheapToRead, ...options } = {}) {
      try {
        const { clips, counts, findings } = survey(directory, options);
        const all = [
          ...findings,
          ...(read ? damaged(definition, clips) : headerFindings(clips)),
          ...clipFindings(clips, definition),
        ];
        const usable = clips.length > 0 && all.every((one) => one.severity !== 'error');
        return { corpus: name, directory, usable, counts, breakdown: breakdownOf(clips), findings: all };
      } catch (error) {
        if (!(error instanceof MmxError)) throw error;
        const matters = error.hint ?? 'nothing can be read from this copy';
        const findings = [finding('error', error.message, matters)];
        return { corpus: name, directory, usable: false, counts: [], breakdown: breakdownOf([]), findings };
      }
    },
  };
}

function requirePlace(name: string, directory: string, acceptsFile: boolean): void {
  const status = statusOf(directory);
  if (status?.isDirectory() || (acceptsFile && status?.isFile())) return;
  throw new MmxError(
    'corpora/missing',
    `${name}: ${directory} ${status === undefined ? 'does not exist' : 'is not a folder'}`,
    {
      exitCode: 2,
      hint: `name the folder of your copy: --data ${name}=DIR (mmx data info ${name} says how to get one)`,
    },
  );
}

function damaged(definition: CorpusDefinition, clips: readonly ClipEntry[]): readonly Finding[] {
  const broken: string[] = [];
  const odd: string[] = [];
  for (const entry of clips) {
    try {
      // Read before it is asked about: `?.` would leave out the argument with the call.
      const clip = entry.load();
      const remark = definition.inspect?.(clip, entry) ?? null;
      if (remark !== null) odd.push(`${clipName(entry)}: ${remark}`);
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      broken.push(`${clipName(entry)}: ${error.message}`);
    }
  }
  return [
    ...findingAbout(
      broken,
      'error',
      (count) => `${plural(count, 'clip')} cannot be read`,
      'a run stops at such a clip: replace its files, or remove them to continue without the clip',
    ),
    ...findingAbout(
      odd,
      'note',
      (count) => `${plural(count, 'clip')} ${count === 1 ? 'is' : 'are'} unusual`,
      'this is handled when the clips are read; no action is needed',
    ),
  ];
}
