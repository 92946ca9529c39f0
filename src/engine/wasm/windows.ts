import * as tf from '@tensorflow/tfjs-core';
import { input, number } from '../kernel-call.js';
import { kernelNames } from '../operations.js';
import type { WasmHeap } from './heap.js';
import type { Kernels } from './kernels.js';

type Call = Parameters<tf.KernelFunc>[0];

/** Windows of convolutions and poolings, and sums of rows, on the heap. */
export function windowKernels(heap: WasmHeap, kernels: Kernels): tf.KernelConfig[] {
  const kernel = (kernelName: string, kernelFunc: tf.KernelFunc): tf.KernelConfig => ({
    kernelName,
    backendName: 'wasm',
    kernelFunc,
  });
  const sizes = ({ attrs }: Call): { places: number; windows: number; taps: number } => ({
    places: number(attrs, 'places'),
    windows: number(attrs, 'windows'),
    taps: number(attrs, 'taps'),
  });
  const integers = ({ inputs }: Call, name: string): number => heap.offset(input(inputs, name), 'int32');

  return [
    kernel(kernelNames.gatherWindows, (call) => {
      const x = input(call.inputs, 'x');
      const { places, windows, taps } = sizes(call);
      const [batch = 0, , channels = 0] = x.shape;
      const out = heap.output([batch, windows, taps, channels]);
      const pointers = [heap.offset(x), integers(call, 'table'), heap.offset(out)] as const;
      kernels.gatherWindows(...pointers, batch, places, windows * taps, channels);
      return out;
    }),
    kernel(kernelNames.scatterWindows, (call) => {
      const values = input(call.inputs, 'taps');
      const { places, windows, taps } = sizes(call);
      const [batch = 0, , , channels = 0] = values.shape;
      const out = heap.output([batch, places, channels]);
      const pointers = [heap.offset(values), integers(call, 'table'), heap.offset(out)] as const;
      kernels.scatterWindows(...pointers, batch, places, windows * taps, channels);
      return out;
    }),
    kernel(kernelNames.maxOfWindows, (call) => {
      const x = input(call.inputs, 'x');
      const { places, windows, taps } = sizes(call);
      const [batch = 0, , channels = 0] = x.shape;
      const value = heap.output([batch, windows, channels]);
      const tap = heap.output([batch, windows, channels], 'int32');
      const pointers = [
        heap.offset(x),
        integers(call, 'table'),
        heap.offset(value),
        heap.offset(tap, 'int32'),
      ] as const;
      const rectified = call.attrs?.rectified === true;
      kernels.maxOfWindows(...pointers, batch, places, windows, taps, channels, rectified);
      return [value, tap];
    }),
    kernel(kernelNames.maxOfWindowsBackward, (call) => {
      const delta = input(call.inputs, 'delta');
      const { places, windows, taps } = sizes(call);
      const [batch = 0, , channels = 0] = delta.shape;
      const out = heap.output([batch, places, channels]);
      const back =
        call.attrs?.isPartition === true ? kernels.maxOfPartsBackward : kernels.maxOfWindowsBackward;
      back(
        heap.offset(delta),
        integers(call, 'tap'),
        integers(call, 'table'),
        heap.offset(out),
        batch,
        places,
        windows,
        taps,
        channels,
      );
      return out;
    }),
    kernel(kernelNames.addRows, ({ inputs, attrs }) => {
      const x = input(inputs, 'x');
      const index = input(inputs, 'index');
      const count = number(attrs, 'count');
      const [rows = 0, channels = 0] = x.shape;
      for (const row of heap.integers(index)) {
        tf.util.assert(
          row >= 0 && row < count,
          () => `addRows: the index ${row} is not in [0, ${count - 1}]`,
        );
      }
      const out = heap.output([count, channels]);
      const pointers = [heap.offset(x), heap.offset(index, 'int32'), heap.offset(out)] as const;
      kernels.addRows(...pointers, rows, count, channels);
      return out;
    }),
  ];
}
