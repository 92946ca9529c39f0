import type { Evidence } from '../../pipeline/evidence/evidence.js';
import { missingOf } from '../claims/layout.js';
import { oneLine } from '../table/layout.js';
import type { ResultGroup } from './collect-results.js';

const unfinished = ['failed', 'skipped', 'interrupted', 'not-started'];

/** As the notes of a table begin that are about corpora that were not there (`mmx reproduce` writes them). */
const absentCorpora = /^(No copy of|Not there, so not learnt from)/;

/** What is not in the results of a group, and why, a sentence each: absent corpora, stages, claims, artifacts. */
export function leftOut(group: ResultGroup, evidence: Evidence): readonly string[] {
  const { tables, claims } = group;
  const notes = tables.flatMap(({ table }) => table.notes.filter((note) => absentCorpora.test(note)));
  const withoutManifest = tables.filter(({ manifest }) => manifest === null).map(({ name }) => name);
  const failed = tables.flatMap(({ name, manifest }) => {
    const stages = manifest?.stages.filter(({ end }) => unfinished.includes(end)) ?? [];
    return stages.map(({ label, end }) => `${name}: stage “${oneLine(label)}” ${end}.`);
  });
  const untested = (claims?.claims ?? []).flatMap((claim) => {
    const missing = missingOf(claim);
    return missing.length === 0
      ? []
      : [`Claim ${claim.number}, ${oneLine(claim.title)}, lacks ${missing.join('; ')}.`];
  });
  return [
    ...new Set(notes.map(oneLine)),
    ...failed,
    ...untested,
    ...(withoutManifest.length === 0
      ? []
      : [`No manifest.json beside ${withoutManifest.join(', ')}: how they were computed is not known.`]),
    ...storeText(evidence),
    ...filesText(evidence),
    ...evidence.damaged,
  ];
}

/** One line on what the artifact store lacks. */
function storeText({ made, lacking }: Evidence): readonly string[] {
  if (lacking === 0) return [];
  const which = lacking === made ? 'None' : `Only ${made - lacking}`;
  const what =
    'first-layer filters, training curves, confusion matrices and answers to clips without a right one';
  return [
    `${which} of the ${made} models and scores of these runs ${made - lacking === 1 ? 'is' : 'are'} in the artifact store: ` +
      `${what} are ${lacking === made ? 'not shown' : 'shown of those alone'}.`,
  ];
}

/** What the files beside a table do not hold. */
function filesText({ fromFiles }: Evidence): readonly string[] {
  if (fromFiles.length === 0) return [];
  return [
    `Models and scores of ${fromFiles.join(', ')} are not all in the artifact store: training curves and confusion matrices ` +
      'are those of the files beside the tables, and first-layer filters are shown of what is stored alone.',
  ];
}
