/** A linear axis from values to pixels. */
export interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/**
 * An axis over `values` that always holds zero, where bars begin.
 *
 * @param from pixel of its lowest value
 * @param to pixel of its highest
 */
export function scaleOver(values: readonly number[], from: number, to: number): Scale {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  // Six decimals are kept of what is measured: less is no span.
  const span = high - low < 1e-6 ? 1 : high - low;
  const step = niceStep(span / 4);
  const first = Math.ceil(low / step);
  return {
    ticks: Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step),
    at: (value) => from + ((value - low) / span) * (to - from),
  };
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return (([1, 2, 2.5, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) as number) * power;
}
