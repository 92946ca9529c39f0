import * as tf from '@tensorflow/tfjs-core';
import { affine, columnSum, scaledDifference, sigmoidBackward, squaredError } from '../engine/operations.js';

/** A modality as the autoencoder sees it. */
export interface Branch {
  readonly modality: string;
  /** Inputs (and outputs) of this modality. */
  readonly visible: number;
  /** Units of its first hidden layer. */
  readonly hidden: number;
}

/**
 * `cross-entropy`: sigmoid outputs against targets in [0, 1]; `squared-error`: linear outputs. Both are summed
 * over outputs and averaged over the minibatch. The paper states neither [NS].
 */
export type ReconstructionLoss = 'cross-entropy' | 'squared-error';

export interface AutoencoderShape {
  /** Modalities that are encoded, in order: one for the single-modality autoencoders, two for the bimodal one. */
  readonly inputs: readonly Branch[];
  /** Modalities that are reconstructed. */
  readonly outputs: readonly Branch[];
  /** Units of the shared layer: the features. */
  readonly joint: number;
  readonly loss: ReconstructionLoss;
}

/** Parameters by name; shapes from {@link parameterShapes}. */
export type AutoencoderParameters = Readonly<Record<string, Float32Array>>;

/** Receives each parameter's gradient (descent direction is its negative), once an update, in backward order. */
export type ApplyGradient = (name: string, parameter: tf.Variable, gradient: tf.Tensor) => void;

/**
 * Names and shapes of the parameters. With inputs I and outputs O:
 * `encoder.<m>` visible → hidden for m in I, `joint` ΣH(I) → joint, `unjoint` joint → ΣH(O),
 * `decoder.<m>` hidden → visible for m in O; each has `.weights` [in, out] and `.bias` [out].
 */
export function parameterShapes(shape: AutoencoderShape): Readonly<Record<string, readonly number[]>> {
  const layers: [string, number, number][] = [
    ...shape.inputs.map((b): [string, number, number] => [`encoder.${b.modality}`, b.visible, b.hidden]),
    ['joint', total(shape.inputs), shape.joint],
    ['unjoint', shape.joint, total(shape.outputs)],
    ...shape.outputs.map((b): [string, number, number] => [`decoder.${b.modality}`, b.hidden, b.visible]),
  ];
  return Object.fromEntries(
    layers.flatMap(([name, from, to]) => [
      [`${name}.weights`, [from, to]],
      [`${name}.bias`, [to]],
    ]),
  );
}

const total = (branches: readonly Branch[]): number =>
  branches.reduce((sum, branch) => sum + branch.hidden, 0);

interface Activations {
  /** Per input: first hidden layer, side by side, [batch, ΣH(I)]. */
  readonly hidden: tf.Tensor2D;
  readonly joint: tf.Tensor2D;
  /** Last hidden layer of each output, [batch, H]. */
  readonly unjoined: tf.Tensor2D[];
  readonly outputs: tf.Tensor2D[];
}

/**
 * The deep autoencoders of the paper (section 3.2, Fig. 3): one or two modalities in, a shared layer, one or two
 * modalities out; sigmoid hidden units. Gradients are written by hand.
 */
export class DeepAutoencoder {
  readonly shape: AutoencoderShape;
  readonly parameters: Readonly<Record<string, tf.Variable>>;

  /** @param values one array a name of {@link parameterShapes} */
  constructor(shape: AutoencoderShape, values: AutoencoderParameters) {
    this.shape = shape;
    this.parameters = Object.fromEntries(
      Object.entries(parameterShapes(shape)).map(([name, dimensions]) => {
        const value = values[name];
        if (!value) throw new Error(`deep autoencoder: parameter ${name} is missing`);
        return [name, tf.tidy(() => tf.variable(tf.tensor(value, [...dimensions])))];
      }),
    );
  }

  /**
   * Shared layer of each example, [batch, joint].
   *
   * @param inputs one tensor an input modality, in the order of the shape
   * @param activation `linear` for the layer before its sigmoid
   */
  encode(inputs: readonly tf.Tensor2D[], activation: 'linear' | 'sigmoid' = 'sigmoid'): tf.Tensor2D {
    return tf.tidy(() => this.#layer(this.#hidden(inputs), 'joint', activation));
  }

  /** Reconstructions, one tensor an output modality. */
  reconstruct(inputs: readonly tf.Tensor2D[]): tf.Tensor2D[] {
    return tf.tidy(() => this.#forward(inputs).outputs);
  }

  /** Mean over the minibatch of the summed reconstruction loss. */
  loss(inputs: readonly tf.Tensor2D[], targets: readonly tf.Tensor2D[]): number {
    return tf.tidy(() => this.#loss(this.#forward(inputs).outputs, targets));
  }

  /**
   * Forward and backward pass on a minibatch.
   *
   * @param inputs what each input modality shows (zeros where it is withheld), [batch, visible]
   * @param targets what each output modality should be, [batch, visible]
   * @param observe whether to compute the loss, which the gradient alone does not need
   */
  step(
    inputs: readonly tf.Tensor2D[],
    targets: readonly tf.Tensor2D[],
    apply: ApplyGradient,
    observe: boolean,
  ): number | undefined {
    return tf.tidy(() => {
      const activations = this.#forward(inputs);
      const loss = observe ? this.#loss(activations.outputs, targets) : undefined;
      this.#backward(inputs, targets, activations, apply);
      return loss;
    });
  }

  dispose(): void {
    for (const variable of Object.values(this.parameters)) variable.dispose();
  }

  #hidden(inputs: readonly tf.Tensor2D[]): tf.Tensor2D {
    const hidden = this.shape.inputs.map((branch, i) =>
      this.#layer(inputs[i] as tf.Tensor2D, `encoder.${branch.modality}`, 'sigmoid'),
    );
    return hidden.length === 1 ? (hidden[0] as tf.Tensor2D) : tf.concat(hidden, 1);
  }

  #forward(inputs: readonly tf.Tensor2D[]): Activations {
    const hidden = this.#hidden(inputs);
    const joint = this.#layer(hidden, 'joint', 'sigmoid');
    const unjoined = splitColumns(this.#layer(joint, 'unjoint', 'sigmoid'), this.shape.outputs);
    const activation = this.shape.loss === 'cross-entropy' ? 'sigmoid' : 'linear';
    const outputs = this.shape.outputs.map((branch, i) =>
      this.#layer(unjoined[i] as tf.Tensor2D, `decoder.${branch.modality}`, activation),
    );
    return { hidden, joint, unjoined, outputs };
  }

  #backward(
    inputs: readonly tf.Tensor2D[],
    targets: readonly tf.Tensor2D[],
    { hidden, joint, unjoined, outputs }: Activations,
    apply: ApplyGradient,
  ): void {
    // Both losses are matched to their output non-linearity, so the error at the output's input is the
    // difference itself (twice that for the squared error).
    const batch = joint.shape[0];
    const scale = (this.shape.loss === 'squared-error' ? 2 : 1) / batch;
    const errors = this.shape.outputs.map((branch, i) => {
      const delta = scaledDifference(outputs[i] as tf.Tensor2D, targets[i] as tf.Tensor2D, scale);
      return this.#through(`decoder.${branch.modality}`, unjoined[i] as tf.Tensor2D, delta, apply);
    });
    const unjointDelta = errors.length === 1 ? (errors[0] as tf.Tensor2D) : tf.concat(errors, 1);
    const jointDelta = this.#through('unjoint', joint, unjointDelta, apply);
    const hiddenDelta = splitColumns(this.#through('joint', hidden, jointDelta, apply), this.shape.inputs);
    this.shape.inputs.forEach((branch, i) => {
      this.#applyLayer(
        `encoder.${branch.modality}`,
        inputs[i] as tf.Tensor2D,
        hiddenDelta[i] as tf.Tensor2D,
        apply,
      );
    });
  }

  /** Sends `delta` back through a layer to the sigmoid units below it, then hands out the layer's gradients. */
  #through(layer: string, below: tf.Tensor2D, delta: tf.Tensor2D, apply: ApplyGradient): tf.Tensor2D {
    const upstream = affine(
      delta,
      this.#parameter(`${layer}.weights`) as tf.Tensor2D,
      undefined,
      'linear',
      true,
    );
    const passed = sigmoidBackward(upstream, below);
    this.#applyLayer(layer, below, delta, apply);
    return passed;
  }

  #applyLayer(layer: string, below: tf.Tensor2D, delta: tf.Tensor2D, apply: ApplyGradient): void {
    tf.tidy(() => {
      apply(`${layer}.weights`, this.#parameter(`${layer}.weights`), tf.matMul(below, delta, true, false));
      apply(`${layer}.bias`, this.#parameter(`${layer}.bias`), columnSum(delta));
    });
  }

  #layer(x: tf.Tensor2D, layer: string, activation: 'linear' | 'sigmoid'): tf.Tensor2D {
    const weights = this.#parameter(`${layer}.weights`) as tf.Variable<tf.Rank.R2>;
    return affine(x, weights, this.#parameter(`${layer}.bias`) as tf.Variable<tf.Rank.R1>, activation);
  }

  #parameter(name: string): tf.Variable {
    return this.parameters[name] as tf.Variable;
  }

  #loss(outputs: readonly tf.Tensor2D[], targets: readonly tf.Tensor2D[]): number {
    return outputs.reduce((sum, output, i) => {
      const target = targets[i] as tf.Tensor2D;
      const summed =
        this.shape.loss === 'squared-error'
          ? squaredError(output, target)
          : tf.neg(
              tf.sum(
                tf.add(
                  tf.mul(target, safeLog(output)),
                  tf.mul(tf.sub(1, target), safeLog(tf.sub(1, output))),
                ),
              ),
            );
      return sum + (summed.dataSync()[0] ?? Number.NaN) / output.shape[0];
    }, 0);
  }
}

/** Saturated float32 sigmoids reach 0 and 1 exactly; the logarithm is cut there, NaN still passes. */
const safeLog = (x: tf.Tensor): tf.Tensor => tf.log(tf.maximum(x, 1e-7));

function splitColumns(x: tf.Tensor2D, branches: readonly Branch[]): tf.Tensor2D[] {
  return branches.length === 1
    ? [x]
    : tf.split(
        x,
        branches.map((branch) => branch.hidden),
        1,
      );
}
