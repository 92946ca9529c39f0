import { z } from 'zod';
import type { Verdict } from '../../evaluation/claims/judge.js';
import { distinct, list, text } from '../../pipeline/graph/stored-values.js';
import { parseStored, type StoredKind, storedIfThere } from '../../stored-json.js';
import type { ShownClaims, ShownTest } from './layout.js';

/** What `claims.json` keeps of the claims. */
export interface StoredClaims extends ShownClaims {
  /** Name of the paper that makes them; absent where results name none. */
  readonly paper?: string | undefined;
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

const verdict = z.enum(['reproduced', 'not reproduced', 'not testable']);

/** In percentage points. */
const points = z.number().min(-1e9).max(1e9);

const test = z
  .object({
    label: text,
    verdict,
    reason: text.nullable(),
    effect: points.nullable(),
    standard_error: points.nonnegative().nullable(),
    published: z.object({ effect: points, sources: list(text) }).nullable(),
    missing: list(text),
  })
  .transform(({ effect, standard_error: standardError, published, ...own }) => ({
    ...own,
    effect: effect === null ? null : { difference: effect, standardError },
    published: published && { difference: published.effect, sources: published.sources },
  }));

const claim = z.object({
  number: z.int().positive(),
  title: text,
  statement: text,
  source: text,
  verdict,
  tests: list(test, 1000),
});

/** What `renderClaimsJson` writes, as far as it is shown and compared. */
const schema: z.ZodType<StoredClaims> = z
  .object({
    paper: text.optional(),
    corpora: list(text),
    synthetic: z.boolean(),
    tables: list(text),
    claims: distinct(claim, ({ number }) => number, 1000),
  })
  .transform((stored) => {
    const count = (verdict: Verdict): number => stored.claims.filter((one) => one.verdict === verdict).length;
    const counts = {
      reproduced: count('reproduced'),
      'not reproduced': count('not reproduced'),
      'not testable': count('not testable'),
    };
    return { ...stored, counts };
  });

const kind: StoredKind = {
  what: 'a record of claims',
  code: 'claims/damaged',
  hint: 'mmx check DIR --paper NAME --out DIR writes it anew.',
  // Those of the nine claims have 40 kB.
  limit: 2 ** 22,
};

/**
 * Reads what `renderClaimsJson` wrote.
 *
 * @param path named in errors
 * @throws MmxError `claims/damaged`, saying what is wrong
 */
export const parseClaims = (content: string, path: string): StoredClaims =>
  parseStored(content, path, schema, kind);

/** As {@link parseClaims}, of a file; undefined where there is none. */
export const readClaims = (path: string): StoredClaims | undefined => storedIfThere(path, schema, kind);
