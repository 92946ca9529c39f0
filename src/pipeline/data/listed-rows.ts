import type { RowSource } from '../../matrix.js';
import { inputOf, rowsRole, testedRowsRole } from '../graph/roles.js';
import type { StageContext } from '../graph/stage.js';
import { type StoredExamples, storedExamples } from './examples.js';
import { lackingModality } from './lacking-modality.js';
import type { PartRows } from './rows.js';

type Inputs = Pick<StageContext, 'inputs'>;

/** Unlabelled training rows of listed examples that have all of the modalities. */
export function unlabelledListedRows(
  modalities: readonly string[],
  { inputs }: Inputs,
): Readonly<Record<string, RowSource>> {
  const stored = modalities.map(
    (modality) => [modality, storedExamples(inputOf(inputs, rowsRole(modality)))] as const,
  );
  const kept = examplesHaving(stored.map(([, rows]) => rows));
  if (kept.length === 0) throw lackingModality(modalities.join(' and '), 'no example of a part');
  return Object.fromEntries(stored.map(([modality, rows]) => [modality, source(rows, kept)]));
}

/**
 * One part of listed examples: those that have all of the modalities. Inputs are those that all of them have.
 *
 * @throws MmxError `corpora/modality` when none has them
 */
export function listedPart(
  part: 'train' | 'test',
  classes: readonly string[],
  modalities: readonly string[],
  { inputs }: Inputs,
): PartRows {
  const prefix = (part === 'train' ? rowsRole : testedRowsRole)('');
  const stored = Object.entries(inputs)
    .filter(([role]) => role.startsWith(prefix))
    .map(([role, artifact]) => [role.slice(prefix.length), storedExamples(artifact)] as const);
  const [first] = stored;
  if (!first) throw new Error(`no rows of the ${part} part among the inputs`);
  const lacking = modalities.find((one) => !stored.some(([modality]) => modality === one));
  if (lacking !== undefined) throw lackingModality(lacking, 'no example of a part');
  const needed = stored.filter(([modality]) => modalities.includes(modality)).map(([, rows]) => rows);
  const kept = examplesHaving(needed.length > 0 ? needed : [first[1]]);
  if (kept.length === 0) throw lackingModality(modalities.join(' and '), 'no example of a part');
  const { labels, groups, classes: known } = first[1];
  const all = labels.length;
  const places = known.map((name) => classes.indexOf(name));
  return {
    count: kept.length,
    inputs: Object.fromEntries(
      stored.flatMap(([modality, rows]): [string, RowSource][] =>
        kept.every((index) => rows.present[index] === 1) ? [[modality, source(rows, kept)]] : [],
      ),
    ),
    labels: Int32Array.from(kept, (index) => places[labels[index] ?? -1] ?? -1),
    ...(groups ? { groups: Int32Array.from(kept, (index) => groups[index] as number) } : {}),
    ...(kept.length < all ? { kept, leftOut: all - kept.length } : {}),
  };
}

function examplesHaving(stored: readonly StoredExamples[]): Int32Array {
  const count = stored[0]?.present.length ?? 0;
  return Int32Array.from({ length: count }, (_, index) => index).filter((index) =>
    stored.every(({ present }) => present[index] === 1),
  );
}

function source({ rows: { columns, data } }: StoredExamples, kept: Int32Array): RowSource {
  return {
    rows: kept.length,
    columns,
    copyRow(index, out, at) {
      const from = kept[index];
      if (from === undefined) throw new RangeError(`row ${index} of ${kept.length} does not exist`);
      const row = data.subarray(from * columns, (from + 1) * columns);
      if (row instanceof Float32Array) out.set(row, at);
      else for (let i = 0; i < columns; i++) out[at + i] = (row[i] as number) / 255;
    },
  };
}
