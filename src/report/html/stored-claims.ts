import { MmxError } from '../../errors.js';
import type { Verdict } from '../../evaluation/claims/judge.js';
import { isRecord } from '../../json.js';
import type { ShownClaims, ShownTest } from '../claims-layout.js';

/** What `claims.json` keeps of the claims. */
export interface StoredClaims extends ShownClaims {
  readonly claims: readonly StoredClaim[];
}

export interface StoredClaim {
  readonly number: number;
  readonly title: string;
  readonly statement: string;
  readonly source: string;
  readonly verdict: Verdict;
  readonly tests: readonly (ShownTest & { readonly label: string })[];
}

const verdicts: readonly Verdict[] = ['reproduced', 'not reproduced', 'not testable'];

/**
 * Reads what `renderClaimsJson` wrote.
 *
 * @param path named in errors
 * @throws MmxError `claims/damaged`, saying what is wrong
 */
export function readClaims(content: string, path: string): StoredClaims {
  let raw: unknown;
  try {
    raw = JSON.parse(content);
  } catch {
    throw damaged(path, 'it is not valid JSON');
  }
  if (!isRecord(raw)) throw damaged(path, 'it holds no object');
  const { corpora, synthetic, tables, claims } = raw;
  if (typeof synthetic !== 'boolean') throw damaged(path, '"synthetic" is neither true nor false');
  if (!Array.isArray(claims)) throw damaged(path, '"claims" is no list');
  const read = claims.map((claim: unknown, index): StoredClaim => {
    const found = claimOf(claim);
    if (found === undefined) throw damaged(path, `claim ${index + 1} is not as mmx check writes it`);
    return found;
  });
  const count = (verdict: Verdict): number => read.filter((claim) => claim.verdict === verdict).length;
  return {
    corpora: texts(corpora),
    synthetic,
    tables: texts(tables),
    counts: {
      reproduced: count('reproduced'),
      'not reproduced': count('not reproduced'),
      'not testable': count('not testable'),
    },
    claims: read,
  };
}

function damaged(path: string, what: string): MmxError {
  return new MmxError('claims/damaged', `${path} does not hold claims: ${what}.`, {
    hint: 'mmx check DIR --out DIR writes it anew.',
  });
}

function claimOf(value: unknown): StoredClaim | undefined {
  if (!isRecord(value)) return undefined;
  const { number, title, statement, source, verdict, tests } = value;
  if (typeof number !== 'number' || typeof title !== 'string' || typeof statement !== 'string')
    return undefined;
  if (typeof source !== 'string' || !isVerdict(verdict) || !Array.isArray(tests)) return undefined;
  const read = tests.map(testOf);
  const whole = read.flatMap((test) => test ?? []);
  return whole.length < read.length ? undefined : { number, title, statement, source, verdict, tests: whole };
}

function testOf(value: unknown): StoredClaim['tests'][number] | undefined {
  if (!isRecord(value)) return undefined;
  const { label, verdict, reason, effect, standard_error: standardError, published, missing } = value;
  if (typeof label !== 'string' || !isVerdict(verdict)) return undefined;
  const inPaper = isRecord(published) ? published : {};
  return {
    label,
    verdict,
    reason: typeof reason === 'string' ? reason : null,
    effect:
      typeof effect === 'number'
        ? { difference: effect, standardError: typeof standardError === 'number' ? standardError : null }
        : null,
    published:
      typeof inPaper.effect === 'number'
        ? { difference: inPaper.effect, sources: texts(inPaper.sources) }
        : null,
    missing: texts(missing),
  };
}

const isVerdict = (value: unknown): value is Verdict => verdicts.some((verdict) => verdict === value);

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
