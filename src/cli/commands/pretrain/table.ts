import type { Corpus } from '../../../corpora/corpus.js';
import { type LearntModel, learntModels } from '../../../pipeline/evidence/learnt-models.js';
import type { PreparedRun } from '../../../pipeline/plan/prepare.js';
import type { ArtifactStore } from '../../../pipeline/store/store.js';
import { summarise } from '../../../report/table/summary.js';
import type { Cell, ResultTable, TableRow } from '../../../report/table/table.js';
import { nameOf, seedNotes } from '../evaluate/table.js';

/** What each model reported in its first and its last epoch; undefined where no model reports anything. */
export function learntTable(prepared: PreparedRun, store: ArtifactStore): ResultTable | undefined {
  const { experiments, identity } = prepared;
  const several = new Set(experiments.map(nameOf)).size > 1;
  const rows = experiments.flatMap((one, index) =>
    learntModels(one, identity, store).map(
      ({ model, quantity, curves }): TableRow & { readonly key: string } => {
        const label = several ? `${nameOf(one)}: ${model}` : model;
        return {
          id: `${index + 1} ${model}`,
          label,
          key: JSON.stringify([label, curves]),
          cells: {
            first: cellOf({ quantity, values: curves.map(({ points }) => points[0]?.value ?? 0) }),
            last: cellOf({ quantity, values: curves.map(({ points }) => points.at(-1)?.value ?? 0) }),
          },
        };
      },
    ),
  );
  if (rows.length === 0) return undefined;
  const corpora = [...new Set(experiments.map(({ resolved }): Corpus => resolved.corpus))];
  return {
    table: 'pretrain',
    title: `Models of ${[...new Set(experiments.map(nameOf))].join(', ')}`,
    corpus: [...new Set(corpora.map(({ name }) => name))].join(', '),
    synthetic: corpora.some(({ synthetic }) => synthetic),
    columns: [
      { id: 'first', label: 'first epoch' },
      { id: 'last', label: 'last epoch' },
    ],
    // Experiments share what they learn alike: each model is shown once.
    rows: [...new Map(rows.map(({ key, ...row }) => [key, row])).values()],
    references: [],
    notes: [
      ...corpora.flatMap(({ caveat }) => caveat ?? []),
      ...seedNotes(experiments),
      'Means over an epoch of the training part. Losses of different models do not compare.',
    ],
  };
}

function cellOf({
  quantity,
  values,
}: Pick<LearntModel, 'quantity'> & { readonly values: readonly number[] }): Cell {
  return { ...summarise(values), values, published: null, unit: quantity };
}
