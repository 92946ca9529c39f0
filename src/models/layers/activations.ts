import * as tf from '@tensorflow/tfjs-core';
import { reluBackward, sigmoidBackward } from '../../engine/operations.js';

export type LayerActivation = 'linear' | 'relu' | 'sigmoid' | 'tanh';

export function activate<T extends tf.Tensor>(x: T, activation: LayerActivation): T {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x) as T;
    case 'sigmoid':
      return tf.sigmoid(x) as T;
    case 'tanh':
      return tf.tanh(x) as T;
  }
}

/** Back through y = activation(x): the delta of x, from that of y and y itself. relu'(0) is 0. */
export function throughActivation<T extends tf.Tensor>(delta: T, y: T, activation: LayerActivation): T {
  switch (activation) {
    case 'linear':
      return delta;
    case 'relu':
      return reluBackward(delta, y);
    case 'sigmoid':
      return sigmoidBackward(delta, y);
    case 'tanh':
      return tf.tidy(() => tf.mul(delta, tf.sub(1, tf.square(y))) as T);
  }
}
