import * as tf from '@tensorflow/tfjs-core';

/** What one step of an LSTM leaves for its way back. */
export interface CellTrace {
  /** Input, forget and output gates and the candidate, after their non-linearities, [batch, hidden] each. */
  readonly input: tf.Tensor2D;
  readonly forget: tf.Tensor2D;
  readonly candidate: tf.Tensor2D;
  readonly output: tf.Tensor2D;
  /** The cell before the step, and tanh of the cell after it. */
  readonly previous: tf.Tensor2D;
  readonly squashed: tf.Tensor2D;
}

/**
 * One step (Hochreiter and Schmidhuber 1997, with the forget gates of Gers et al. 2000):
 * cell' = forget · cell + input · candidate, hidden' = output · tanh(cell').
 *
 * @param sums [batch, 4 hidden] before the non-linearities: input gate, forget gate, candidate, output gate
 * @param cell [batch, hidden]
 */
export function cellForward(
  sums: tf.Tensor2D,
  cell: tf.Tensor2D,
): { cell: tf.Tensor2D; hidden: tf.Tensor2D; trace: CellTrace } {
  const step = tf.tidy(() => {
    const [i, f, g, o] = tf.split(sums, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const [input, forget, output] = [tf.sigmoid(i), tf.sigmoid(f), tf.sigmoid(o)];
    const candidate = tf.tanh(g);
    const next = tf.add(tf.mul(forget, cell), tf.mul(input, candidate)) as tf.Tensor2D;
    const squashed = tf.tanh(next);
    return {
      input,
      forget,
      candidate,
      output,
      next,
      squashed,
      hidden: tf.mul(output, squashed) as tf.Tensor2D,
    };
  });
  const { next, hidden, ...gates } = step;
  return { cell: next, hidden, trace: { ...gates, previous: cell } };
}

/** Back through {@link cellForward}: deltas of the sums and of the cell before, from those of what the step gave. */
export function cellBackward(
  trace: CellTrace,
  hiddenDelta: tf.Tensor2D,
  cellDelta: tf.Tensor2D,
): { sums: tf.Tensor2D; cell: tf.Tensor2D } {
  return tf.tidy(() => {
    const { input, forget, candidate, output, previous, squashed } = trace;
    const slope = tf.sub(1, tf.square(squashed));
    const whole = tf.add(cellDelta, tf.mul(tf.mul(hiddenDelta, output), slope));
    const gate = (delta: tf.Tensor, y: tf.Tensor): tf.Tensor2D =>
      tf.mul(delta, tf.mul(y, tf.sub(1, y))) as tf.Tensor2D;
    const sums = tf.concat(
      [
        gate(tf.mul(whole, candidate), input),
        gate(tf.mul(whole, previous), forget),
        tf.mul(tf.mul(whole, input), tf.sub(1, tf.square(candidate))) as tf.Tensor2D,
        gate(tf.mul(hiddenDelta, squashed), output),
      ],
      1,
    ) as tf.Tensor2D;
    return { sums, cell: tf.mul(whole, forget) as tf.Tensor2D };
  });
}
