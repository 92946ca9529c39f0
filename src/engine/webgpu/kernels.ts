import * as tf from '@tensorflow/tfjs-core';
import { jumpTables } from '../jump-tables.js';
import { assign, input, number } from '../kernel-call.js';
import { type NoiseKey, noiseState } from '../noise.js';
import { kernelNames } from '../operations.js';
import type { Uniform, WebGpuBackend } from './backend.js';
import { bernoulliProgram, columnSumProgram, elementwise } from './programs.js';

type KernelArguments = Parameters<tf.KernelFunc>[0];

const backendName = 'webgpu';
/** Inner size from which tfjs may add up parts of a product in an order that differs from run to run. */
const splitInner = 2000;
/** `MatMulProgramType` of tfjs-backend-webgpu. */
const [automatic, packed] = [-1, 3];

/** tfjs's own kernels under the names that ours take. */
const stock = new Map<string, tf.KernelFunc>();
let ours: tf.KernelConfig[] = [];

/**
 * Registers mmx's kernels for the backend `webgpu`, in place of those of an earlier call and of tfjs's where
 * theirs fall short. Errors and contrastive products are composed of tfjs operations (operations.ts).
 */
export function registerKernels(backend: WebGpuBackend): void {
  for (const { kernelName } of ours) tf.unregisterKernel(kernelName, backendName);
  ours = [
    kernel(tf.BatchMatMul, (call) => product(tf.BatchMatMul, call)),
    kernel(tf._FusedMatMul, (call) => fusedProduct(backend, call)),
    kernel(tf.Sum, (call) => sum(backend, call)),
    ...transcendentalKernels(backend),
    bernoulliKernel(backend),
    ...elementwiseKernels(backend),
    ...columnSumKernels(backend),
    ...updateKernels(backend),
  ];
  for (const config of ours) {
    const found = tf.getKernel(config.kernelName, backendName);
    if (found !== undefined) {
      stock.set(config.kernelName, found.kernelFunc);
      tf.unregisterKernel(config.kernelName, backendName);
    }
    tf.registerKernel(config);
  }
}

const kernel = (kernelName: string, kernelFunc: tf.KernelFunc): tf.KernelConfig => ({
  kernelName,
  backendName,
  kernelFunc,
});

const floats = (...values: readonly number[]): Uniform[] =>
  values.map((value) => ({ type: 'float32', data: [value] }));

function fallBack(name: string, call: KernelArguments): tf.TensorInfo | tf.TensorInfo[] {
  const original = stock.get(name);
  if (original === undefined) throw new Error(`tfjs has no kernel ${name}`);
  return original(call);
}

/** tfjs's product, but the same bits every time, and defined where the inner dimension is empty. */
function product(name: string, call: KernelArguments): tf.TensorInfo | tf.TensorInfo[] {
  const a = input(call.inputs, 'a');
  const inner = a.shape.at(call.attrs?.transposeA === true ? -2 : -1) ?? 0;
  if (inner === 0) return emptyProduct(name, call);
  if (inner < splitInner) return fallBack(name, call);
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', packed);
  try {
    return fallBack(name, call);
  } finally {
    tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', automatic);
  }
}

/** A sum of no terms is zero, as is one of a single term zero: WebGPU binds no empty buffers. */
function emptyProduct(name: string, call: KernelArguments): tf.TensorInfo | tf.TensorInfo[] {
  return tf.tidy(() => {
    const widened = (which: string, axis: number): tf.Tensor => {
      const shape = [...input(call.inputs, which).shape];
      shape.splice(axis, 1, 1);
      return tf.zeros(shape);
    };
    const { a, b } = call.inputs;
    const rank = (tensor: tf.TensorInfo | undefined): number => tensor?.shape.length ?? 0;
    const inputs = {
      ...call.inputs,
      a: widened('a', rank(a) - (call.attrs?.transposeA === true ? 2 : 1)),
      b: widened('b', rank(b) - (call.attrs?.transposeB === true ? 1 : 2)),
    };
    return fallBack(name, { ...call, inputs }) as tf.TensorInfo & tf.TensorContainer;
  });
}

/**
 * The sigmoid apart from the product: what `exp` makes of NaN is up to the driver, and a diverged run that
 * turns into zeros goes unnoticed.
 */
function fusedProduct(backend: WebGpuBackend, call: KernelArguments): tf.TensorInfo | tf.TensorInfo[] {
  if (call.attrs?.activation !== 'sigmoid') return product(tf._FusedMatMul, call);
  const attrs = { ...call.attrs, activation: 'linear' };
  const linear = product(tf._FusedMatMul, { ...call, attrs }) as tf.TensorInfo;
  const program = elementwise('sigmoid', 1, 0, transcendental.Sigmoid, linear.shape);
  const out = backend.runWebGPUProgram(program, [linear], 'float32');
  backend.disposeData(linear.dataId);
  return out;
}

/** Functions of tfjs in which NaN can get lost, with NaN kept. */
const transcendental = {
  [tf.Exp]: 'select(exp(a), a, isnan(a))',
  [tf.Log]: 'select(log(a), uniforms.NAN, a < 0.0 || isnan(a))',
  [tf.Sigmoid]: 'select(1.0 / (1.0 + exp(-a)), a, isnan(a))',
  [tf.Softplus]: 'select(max(a, 0.0) + log(1.0 + exp(-abs(a))), a, isnan(a))',
} as const;

function transcendentalKernels(backend: WebGpuBackend): tf.KernelConfig[] {
  return Object.entries(transcendental).map(([name, expression]) =>
    kernel(name, ({ inputs }) => {
      const x = input(inputs, 'x');
      const program = elementwise(name.toLowerCase(), 1, 0, expression, x.shape);
      return backend.runWebGPUProgram(program, [x], 'float32');
    }),
  );
}

/** tfjs's sum, and zeros where there is nothing to sum up. */
function sum(backend: WebGpuBackend, call: KernelArguments): tf.TensorInfo | tf.TensorInfo[] {
  const x = input(call.inputs, 'x');
  const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
  if (tf.util.sizeFromShape(x.shape) > 0) return fallBack(tf.Sum, call);
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const [reduced] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
  return backend.makeTensorInfo(shape, x.dtype, new Float32Array(tf.util.sizeFromShape(shape)));
}

function bernoulliKernel(backend: WebGpuBackend): tf.KernelConfig {
  const words = new Int32Array(jumpTables().buffer);
  const jumps = backend.makeTensorInfo([words.length / 4, 4], 'int32', words);
  return kernel(kernelNames.bernoulli, ({ inputs, attrs }) => {
    const p = input(inputs, 'p');
    const state = Array.from(noiseState(attrs?.key as unknown as NoiseKey));
    const rows = [0, 4, 8, 12].map((at): Uniform => ({ type: 'uint32', data: state.slice(at, at + 4) }));
    return backend.runWebGPUProgram(bernoulliProgram(p.shape), [p, jumps], 'float32', rows);
  });
}

function elementwiseKernels(backend: WebGpuBackend): tf.KernelConfig[] {
  return [
    kernel(kernelNames.sigmoidBackward, ({ inputs }) => {
      const [upstream, y] = [input(inputs, 'upstream'), input(inputs, 'y')];
      const program = elementwise('sigmoid_backward', 2, 0, 'a * b * (1.0 - b)', y.shape);
      return backend.runWebGPUProgram(program, [upstream, y], 'float32');
    }),
    kernel(kernelNames.scaledDifference, ({ inputs, attrs }) => {
      const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
      const program = elementwise('scaled_difference', 2, 1, 'u0 * (a - b)', a.shape);
      return backend.runWebGPUProgram(program, [a, b], 'float32', floats(number(attrs, 'scale')));
    }),
  ];
}

function columnSumKernels(backend: WebGpuBackend): tf.KernelConfig[] {
  const run = (tensors: readonly tf.TensorInfo[], scale: number): tf.TensorInfo => {
    const [rows = 0, columns = 0] = tensors[0]?.shape ?? [];
    // WebGPU binds no empty buffers.
    if (rows === 0) return backend.makeTensorInfo([columns], 'float32', new Float32Array(columns));
    const uniforms: Uniform[] = [{ type: 'int32', data: [rows] }, ...floats(scale)];
    return backend.runWebGPUProgram(
      columnSumProgram(columns, tensors.length === 2),
      tensors,
      'float32',
      uniforms,
    );
  };
  return [
    kernel(kernelNames.columnSum, ({ inputs, attrs }) => run([input(inputs, 'x')], number(attrs, 'scale'))),
    kernel(kernelNames.columnSumDifference, ({ inputs, attrs }) =>
      run([input(inputs, 'a'), input(inputs, 'b')], number(attrs, 'scale')),
    ),
  ];
}

/** Updates return nothing: their variables are assigned what one program each computes. */
function updateKernels(backend: WebGpuBackend): tf.KernelConfig[] {
  const compute = (
    name: string,
    inputs: readonly tf.TensorInfo[],
    numbers: readonly number[],
    expression: string,
  ): tf.TensorInfo => {
    const program = elementwise(name, inputs.length, numbers.length, expression, inputs[0]?.shape ?? []);
    return backend.runWebGPUProgram(program, inputs, 'float32', floats(...numbers));
  };
  return [
    kernel(kernelNames.momentumUpdate, ({ inputs, attrs }) => {
      const [weights, velocity] = [input(inputs, 'weights'), input(inputs, 'velocity')];
      const rate = number(attrs, 'rate');
      const numbers = [
        number(attrs, 'momentum'),
        rate * number(attrs, 'scale'),
        rate * number(attrs, 'decay'),
      ];
      const terms = [velocity, input(inputs, 'gradient'), weights];
      assign(velocity, compute('momentum', terms, numbers, 'u0 * a + (u1 * b - u2 * c)'));
      assign(weights, compute('sum', [weights, velocity], [], 'a + b'));
      return [];
    }),
    kernel(kernelNames.adamUpdate, ({ inputs, attrs }) => {
      const [weights, first, second] = [
        input(inputs, 'weights'),
        input(inputs, 'first'),
        input(inputs, 'second'),
      ];
      const gradient = input(inputs, 'gradient');
      const [beta1, beta2] = [number(attrs, 'beta1'), number(attrs, 'beta2')];
      assign(first, compute('adam_first', [first, gradient], [beta1, 1 - beta1], 'u0 * a + u1 * b'));
      assign(second, compute('adam_second', [second, gradient], [beta2, 1 - beta2], 'u0 * a + u1 * b * b'));
      const numbers = ['stepSize', 'secondScale', 'epsilon'].map((attribute) => number(attrs, attribute));
      const step = 'a - u0 * b / (u1 * sqrt(c) + u2)';
      assign(weights, compute('adam_weights', [weights, first, second], numbers, step));
      return [];
    }),
  ];
}
