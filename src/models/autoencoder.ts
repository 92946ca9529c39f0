import * as tf from '@tensorflow/tfjs-core';
import { affine, columnSum, scaledDifference, sigmoidBackward, squaredError } from '../engine/operations.js';

/** A modality as the autoencoder sees it. */
export interface Branch {
  readonly modality: string;
  /** Inputs (and outputs) of this modality. */
  readonly visible: number;
  /** Units of its first hidden layer; a shallow autoencoder has none. */
  readonly hidden: number;
}

/**
 * `cross-entropy`: sigmoid outputs against targets in [0, 1]; `squared-error`: linear outputs. Both are summed
 * over outputs and averaged over the minibatch. The paper states neither [NS].
 */
export type ReconstructionLoss = 'cross-entropy' | 'squared-error';

export interface AutoencoderShape {
  /** `deep` (also when absent): a hidden layer a modality on either side of the shared one; `shallow`: the shared alone. */
  readonly depth?: 'deep' | 'shallow';
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
 * `decoder.<m>` hidden → visible for m in O. A shallow one has `joint` ΣV(I) → joint and `decoder.<m>`
 * joint → visible for m in O. Each has `.weights` [in, out] and `.bias` [out].
 */
export function parameterShapes(shape: AutoencoderShape): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    (shape.depth === 'shallow' ? shallowLayers(shape) : deepLayers(shape)).flatMap(([name, from, to]) => [
      [`${name}.weights`, [from, to]],
      [`${name}.bias`, [to]],
    ]),
  );
}

/** Name, units in, units out. */
type Layer = readonly [string, number, number];

function deepLayers({ inputs, outputs, joint }: AutoencoderShape): readonly Layer[] {
  return [
    ...inputs.map((b): Layer => [`encoder.${b.modality}`, b.visible, b.hidden]),
    ['joint', total(inputs, 'hidden'), joint],
    ['unjoint', joint, total(outputs, 'hidden')],
    ...outputs.map((b): Layer => [`decoder.${b.modality}`, b.hidden, b.visible]),
  ];
}

function shallowLayers({ inputs, outputs, joint }: AutoencoderShape): readonly Layer[] {
  return [
    ['joint', total(inputs, 'visible'), joint],
    ...outputs.map((b): Layer => [`decoder.${b.modality}`, joint, b.visible]),
  ];
}

const total = (branches: readonly Branch[], layer: 'visible' | 'hidden'): number =>
  branches.reduce((sum, branch) => sum + branch[layer], 0);

interface Activations {
  /** What the shared layer sees, side by side: the first hidden layers [batch, ΣH(I)], or the inputs of a shallow one. */
  readonly below: tf.Tensor2D;
  readonly joint: tf.Tensor2D;
  /** What the decoder of each output sees: its last hidden layer [batch, H], or the shared layer of a shallow one. */
  readonly above: readonly tf.Tensor2D[];
  readonly outputs: readonly tf.Tensor2D[];
}

/**
 * The deep autoencoders of the paper (section 3.2, Fig. 3): one or two modalities in, a shared layer, one or two
 * modalities out; sigmoid hidden units. With `depth: shallow`, its control with the shared layer alone.
 * Gradients are written by hand.
 */
export class Autoencoder {
  readonly shape: AutoencoderShape;
  readonly parameters: Readonly<Record<string, tf.Variable>>;

  /** @param values one array a name of {@link parameterShapes} */
  constructor(shape: AutoencoderShape, values: AutoencoderParameters) {
    this.shape = shape;
    this.parameters = Object.fromEntries(
      Object.entries(parameterShapes(shape)).map(([name, dimensions]) => {
        const value = values[name];
        if (!value) throw new Error(`autoencoder: parameter ${name} is missing`);
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
    return tf.tidy(() => this.#layer(this.#below(inputs), 'joint', activation));
  }

  /** Reconstructions, one tensor an output modality. */
  reconstruct(inputs: readonly tf.Tensor2D[]): tf.Tensor2D[] {
    return tf.tidy(() => [...this.#forward(inputs).outputs]);
  }

  /** Mean over the minibatch of the summed reconstruction loss. @param weights as of {@link step} */
  loss(
    inputs: readonly tf.Tensor2D[],
    targets: readonly tf.Tensor2D[],
    weights: readonly number[] = [],
  ): number {
    return tf.tidy(() => this.#loss(this.#forward(inputs).outputs, targets, weights));
  }

  /**
   * Forward and backward pass on a minibatch.
   *
   * @param inputs what each input modality shows (zeros where it is withheld), [batch, visible]
   * @param targets what each output modality should be, [batch, visible]
   * @param observe whether to compute the loss, which the gradient alone does not need
   * @param weights factor of the loss of each output modality; all 1 when absent
   */
  step(
    inputs: readonly tf.Tensor2D[],
    targets: readonly tf.Tensor2D[],
    apply: ApplyGradient,
    observe: boolean,
    weights: readonly number[] = [],
  ): number | undefined {
    return tf.tidy(() => {
      const activations = this.#forward(inputs);
      const loss = observe ? this.#loss(activations.outputs, targets, weights) : undefined;
      this.#backward(inputs, targets, activations, apply, weights);
      return loss;
    });
  }

  dispose(): void {
    for (const variable of Object.values(this.parameters)) variable.dispose();
  }

  get #isShallow(): boolean {
    return this.shape.depth === 'shallow';
  }

  #below(inputs: readonly tf.Tensor2D[]): tf.Tensor2D {
    if (this.#isShallow) return sideBySide(inputs);
    return sideBySide(
      this.shape.inputs.map((branch, i) =>
        this.#layer(inputs[i] as tf.Tensor2D, `encoder.${branch.modality}`, 'sigmoid'),
      ),
    );
  }

  #above(joint: tf.Tensor2D): readonly tf.Tensor2D[] {
    return this.#isShallow
      ? this.shape.outputs.map(() => joint)
      : splitColumns(this.#layer(joint, 'unjoint', 'sigmoid'), this.shape.outputs);
  }

  #forward(inputs: readonly tf.Tensor2D[]): Activations {
    const below = this.#below(inputs);
    const joint = this.#layer(below, 'joint', 'sigmoid');
    const above = this.#above(joint);
    const activation = this.shape.loss === 'cross-entropy' ? 'sigmoid' : 'linear';
    const outputs = this.shape.outputs.map((branch, i) =>
      this.#layer(above[i] as tf.Tensor2D, `decoder.${branch.modality}`, activation),
    );
    return { below, joint, above, outputs };
  }

  #backward(
    inputs: readonly tf.Tensor2D[],
    targets: readonly tf.Tensor2D[],
    { below, joint, above, outputs }: Activations,
    apply: ApplyGradient,
    weights: readonly number[],
  ): void {
    // Both losses are matched to their output non-linearity, so the error at the output's input is the
    // difference itself (twice that for the squared error).
    const batch = joint.shape[0];
    const scale = (this.shape.loss === 'squared-error' ? 2 : 1) / batch;
    const errors = this.shape.outputs.map((branch, i) => {
      const delta = scaledDifference(
        outputs[i] as tf.Tensor2D,
        targets[i] as tf.Tensor2D,
        scale * (weights[i] ?? 1),
      );
      return this.#through(`decoder.${branch.modality}`, above[i] as tf.Tensor2D, delta, apply);
    });
    if (this.#isShallow) {
      this.#applyLayer('joint', below, tf.addN(errors), apply);
      return;
    }
    const jointDelta = this.#through('unjoint', joint, sideBySide(errors), apply);
    const hiddenDelta = splitColumns(this.#through('joint', below, jointDelta, apply), this.shape.inputs);
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

  #loss(
    outputs: readonly tf.Tensor2D[],
    targets: readonly tf.Tensor2D[],
    weights: readonly number[],
  ): number {
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
      return sum + ((weights[i] ?? 1) * (summed.dataSync()[0] ?? Number.NaN)) / output.shape[0];
    }, 0);
  }
}

/** Saturated float32 sigmoids reach 0 and 1 exactly; the logarithm is cut there, NaN still passes. */
const safeLog = (x: tf.Tensor): tf.Tensor => tf.log(tf.maximum(x, 1e-7));

function sideBySide(tensors: readonly tf.Tensor2D[]): tf.Tensor2D {
  return tensors.length === 1 ? (tensors[0] as tf.Tensor2D) : tf.concat([...tensors], 1);
}

function splitColumns(x: tf.Tensor2D, branches: readonly Branch[]): tf.Tensor2D[] {
  return branches.length === 1
    ? [x]
    : tf.split(
        x,
        branches.map((branch) => branch.hidden),
        1,
      );
}
