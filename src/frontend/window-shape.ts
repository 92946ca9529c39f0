export type WindowShape = 'hann' | 'hamming' | 'rectangular';

/**
 * The window's samples.
 *
 * @param form of Hann and Hamming: `periodic`, as is usual for spectral analysis, or `symmetric`, as in HTK
 */
export function windowOf(
  shape: WindowShape,
  length: number,
  form: 'periodic' | 'symmetric' = 'periodic',
): Float64Array {
  const [constant, cosine] = { hann: [0.5, 0.5], hamming: [0.54, 0.46], rectangular: [1, 0] }[shape] as [
    number,
    number,
  ];
  const period = form === 'periodic' ? length : length - 1;
  return Float64Array.from({ length }, (_, i) => constant - cosine * Math.cos((2 * Math.PI * i) / period));
}
