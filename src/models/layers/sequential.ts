import type * as tf from '@tensorflow/tfjs-core';
import { applyWithin, type Forward, keyWithin, type Layer, type Pass, prefixed } from './layer.js';

/**
 * Layers one after the other, itself a layer. The parameters of layer `conv` are called `conv.weights`, …, and its noise
 * has the pass's purpose and `/conv`. A mask goes from layer to layer, changed by those that change the steps.
 */
export class Sequential implements Layer {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly #layers: readonly (readonly [string, Layer])[];

  /** @param layers name and layer, in order @throws Error when two have one name */
  constructor(layers: readonly (readonly [string, Layer])[]) {
    this.#layers = layers;
    const names = layers.map(([name]) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new Error(`sequential: two layers are called ${twice}`);
    const merged = (pick: (layer: Layer) => Layer['parameters']): Layer['parameters'] =>
      Object.assign({}, ...this.#layers.map(([name, layer]) => prefixed(name, pick(layer))));
    this.parameters = merged((layer) => layer.parameters);
    this.state = merged((layer) => layer.state);
  }

  outputShape(input: readonly number[]): readonly number[] {
    return this.#layers.reduce((shape, [, layer]) => layer.outputShape(shape), input);
  }

  forward(x: tf.Tensor, pass: Pass): Forward {
    const done: (readonly [string, Forward])[] = [];
    let output = x;
    let { mask, inputDelta = true } = pass;
    for (const [name, layer] of this.#layers) {
      const forward = layer.forward(output, { ...pass, key: keyWithin(pass.key, name), mask, inputDelta });
      done.push([name, forward]);
      output = forward.output;
      mask = forward.mask ?? mask;
      // Above a layer that learns, every gradient is needed.
      inputDelta ||= Object.keys(layer.parameters).length > 0;
    }
    return {
      output,
      mask,
      backward: (delta, apply) =>
        done.reduceRight(
          (above, [name, forward]) => forward.backward(above, applyWithin(name, apply)),
          delta,
        ),
    };
  }

  dispose(): void {
    for (const [, layer] of this.#layers) layer.dispose();
  }
}
