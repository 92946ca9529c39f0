import { type Padding, Windows } from '../../engine/windows.js';

/**
 * The windows of one layer, made when an input of a shape is first seen. Their tables are values of the host, which a
 * recorded step takes none of; it has run once before it is recorded, and finds them here.
 */
export class WindowsByShape {
  readonly #kernel: readonly number[];
  readonly #stride: readonly number[];
  readonly #padding: Padding;
  readonly #made = new Map<string, Windows>();

  constructor(kernel: readonly number[], stride: readonly number[], padding: Padding) {
    this.#kernel = kernel;
    this.#stride = stride;
    this.#padding = padding;
  }

  /** @param lengths of the axes that windows walk along */
  of(lengths: readonly number[]): Windows {
    const key = lengths.join('×');
    let windows = this.#made.get(key);
    if (windows === undefined) {
      const axes = lengths.map((length, i) => {
        return { length, kernel: this.#kernel[i] ?? 1, stride: this.#stride[i] ?? 1 };
      });
      windows = new Windows(axes, this.#padding);
      this.#made.set(key, windows);
    }
    return windows;
  }

  dispose(): void {
    for (const windows of this.#made.values()) windows.dispose();
    this.#made.clear();
  }
}
