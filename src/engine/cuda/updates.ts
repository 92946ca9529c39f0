import type * as tf from '@tensorflow/tfjs-core';
import { type Changing, mapChanging } from '../changing.js';
import { assign, size } from '../kernel-call.js';
import { kernelNames } from '../operations.js';
import type { CudaBackend } from './backend.js';
import { kernel, numberAndPlace } from './call.js';

/** In-place kernels: they return nothing, their variables change. */
export const updateKernels: readonly tf.KernelConfig[] = [
  kernel(kernelNames.momentumUpdate, ({ backend, input, attribute }) => {
    const [weights, velocity, gradient] = [input('weights'), input('velocity'), input('gradient')];
    for (const variable of [weights, velocity]) unshare(backend, variable);
    const rate = attribute<Changing>('rate');
    const [scale, decay] = [attribute<number>('scale'), attribute<number>('decay')];
    const pointers = [weights, velocity, gradient].map((tensor) => backend.pointer(tensor));
    backend.kernels.each('mmx_momentum', size(weights), [
      ...[...pointers, size(weights)],
      ...numberAndPlace(backend, attribute<Changing>('momentum')),
      ...numberAndPlace(
        backend,
        mapChanging(rate, (value) => value * scale, `times ${scale}`),
      ),
      ...numberAndPlace(
        backend,
        decay === 0 ? 0 : mapChanging(rate, (value) => value * decay, `times ${decay}`),
      ),
    ]);
    return [];
  }),
  kernel(kernelNames.adamUpdate, ({ backend, input, attribute }) => {
    const variables = [input('weights'), input('first'), input('second')];
    for (const variable of variables) unshare(backend, variable);
    const pointers = [...variables, input('gradient')].map((tensor) => backend.pointer(tensor));
    const [beta1, beta2] = [attribute<number>('beta1'), attribute<number>('beta2')];
    const n = size(input('weights'));
    backend.kernels.each('mmx_adam', n, [
      ...[...pointers, n, beta1, 1 - beta1, beta2, 1 - beta2],
      ...numberAndPlace(backend, attribute<Changing>('stepSize')),
      ...numberAndPlace(backend, attribute<Changing>('secondScale')),
      attribute<number>('epsilon'),
    ]);
    return [];
  }),
];

/** Copy on write: a variable whose data another tensor also shows (a clone, its initial value) gets its own. */
function unshare(backend: CudaBackend, variable: tf.TensorInfo): void {
  if (!backend.shared(variable)) return;
  const copy = backend.output(variable.shape);
  backend.driver.copyOnDevice(backend.pointer(copy), backend.pointer(variable), 4 * size(variable));
  assign(variable, copy);
}
