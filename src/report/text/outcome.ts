import type { RunOutcome } from '../../pipeline/runs/outcome.js';
import { decimal, digitsOf, oneLine, unitSymbol } from '../table/layout.js';
import { summarise } from '../table/summary.js';

/** `accuracy 87.9 ± 0.4 % (3)`, `best of 12: …`, `loss 0.0512 (1)`; the count is that of the values. */
export function outcomeText({ quantity, unit, values, cells }: RunOutcome): string {
  const { mean, sd, n } = summarise(values);
  const digits = digitsOf({ unit, mean });
  const spread = sd === null ? '' : ` ± ${decimal(2 * sd, '−', digits)}`;
  // What models report while they learn has no unit but its name.
  const symbol = unit === quantity ? '' : ` ${unitSymbol(unit)}`;
  const isReport = unit === quantity;
  const best = cells < 2 ? '' : isReport ? `last of ${cells}: ` : `best of ${cells}: `;
  const named = quantity === 'percent' ? '' : `${oneLine(quantity)} `;
  return `${best}${named}${decimal(mean, '−', digits)}${spread}${symbol} (${n})`;
}
