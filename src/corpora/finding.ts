import { MmxError } from '../errors.js';

/** Something missing or odd in a copy of a corpus, and whether it matters. */
export interface Finding {
  /** `error`: the copy cannot be used; `warning`: results change; `note`: nothing depends on it. */
  readonly severity: 'error' | 'warning' | 'note';
  /** What is missing or odd, one sentence without a full stop. */
  readonly what: string;
  /** What follows from it. */
  readonly matters: string;
  /** Files, clips or places, a few of them. */
  readonly examples: readonly string[];
}

/** Examples named in a finding; the rest is counted. */
const EXAMPLES = 8;
/** Characters of each: labels and paths come from files of others. */
const LONGEST = 600;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** A finding; of long lists of examples the first few are kept and the rest counted. */
export function finding(
  severity: Finding['severity'],
  what: string,
  matters: string,
  examples: readonly string[] = [],
): Finding {
  const rest = examples.length - EXAMPLES;
  const first = examples.slice(0, EXAMPLES).map(shortened);
  const kept = rest > 0 ? [...first, `and ${rest} more`] : first;
  return { severity, what, matters, examples: kept };
}

/** A finding when there are examples of it, none otherwise; `what` is given their number. */
export function findingAbout(
  examples: readonly string[],
  severity: Finding['severity'],
  what: (count: number) => string,
  matters: string,
): readonly Finding[] {
  return examples.length === 0 ? [] : [finding(severity, what(examples.length), matters, examples)];
}

/** @throws MmxError `corpora/unusable` with the first error among the findings on a copy; nothing where there is none */
export function refuseErrors(corpus: string, directory: string, findings: readonly Finding[]): void {
  const error = findings.find(({ severity }) => severity === 'error');
  if (error === undefined) return;
  const where = error.examples.length > 0 ? ` (${error.examples.slice(0, 3).join(', ')})` : '';
  throw new MmxError('corpora/unusable', `${corpus} in ${directory}: ${error.what}${where}`, {
    hint: error.matters,
  });
}

/** `3 clips`, `1 clip`. @param ending of the noun where there are several */
export function plural(count: number, noun: string, ending = 's'): string {
  return `${count} ${noun}${count === 1 ? '' : ending}`;
}
