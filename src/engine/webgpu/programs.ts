import * as tf from '@tensorflow/tfjs-core';
import { jumpBase, matrixWords } from '../noise-jump.js';
import type { Program } from './backend.js';

/** Threads of a workgroup: what every device of the standard allows, a multiple of every GPU's lanes. */
const workgroup = 64;

function flat(
  shaderKey: string,
  inputs: readonly string[],
  outputShape: readonly number[],
  threads: number,
  rest: Pick<Program, 'uniforms' | 'getUserCode'> & { readonly components?: readonly number[] },
): Program {
  return {
    shaderKey,
    variableNames: inputs,
    variableComponents: rest.components ?? inputs.map(() => 1),
    uniforms: rest.uniforms,
    outputShape,
    workgroupSize: [workgroup, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(threads / workgroup), 1, 1],
    size: true,
    getUserCode: rest.getUserCode,
  };
}

/**
 * One pass over up to three tensors of one shape: every entry of the output is `expression`, WGSL in the
 * entries `a`, `b`, `c` of the inputs and the numbers `u0`, `u1` … (f32).
 */
export function elementwise(
  name: string,
  inputCount: number,
  numberCount: number,
  expression: string,
  shape: readonly number[],
): Program {
  const inputs = ['A', 'B', 'C'].slice(0, inputCount);
  const numbers = Array.from({ length: numberCount }, (_, i) => `u${i}`);
  return flat(`mmx_${name}`, inputs, shape, tf.util.sizeFromShape([...shape]), {
    uniforms: numbers.map((u) => `${u} : f32, `).join(''),
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${inputs.map((array) => `let ${array.toLowerCase()} = f32(${array}[index]);`).join('\n')}
          ${numbers.map((u) => `let ${u} = uniforms.${u};`).join('\n')}
          result[index] = ${expression};
        }
      }`,
  });
}

/**
 * scale · (sum over the rows of A, or of A - B): a thread adds up one column, and neighbours read neighbouring
 * entries. Uniforms: `rows`, `scale`.
 */
export function columnSumProgram(columns: number, difference: boolean): Program {
  const term = difference ? 'A[at] - B[at]' : 'A[at]';
  return flat(`mmx_column_sum_${difference}`, difference ? ['A', 'B'] : ['A'], [columns], columns, {
    uniforms: 'rows : i32, scale : f32, ',
    getUserCode: () => `
      fn main(column : i32) {
        if (column >= uniforms.size) { return; }
        var total = 0.0;
        for (var row = 0; row < uniforms.rows; row++) {
          let at = row * uniforms.size + column;
          total += ${term};
        }
        result[column] = uniforms.scale * total;
      }`,
  });
}

/** Steps of the generator that one thread makes; each gives one draw of each of the four lanes. */
export const chunkSteps = 32;
/** Digits of a chunk's number, enough for every tensor: 128 · 16^6 draws are 8 GiB. */
export const jumpDigits = 6;

/**
 * Bernoulli draws with the bits of `noise.ts`. A thread jumps to its chunk of all four lanes at once (word r of
 * the lanes is the vector `s<r>`), then steps through it. `p` and the draws are compared as integers, in whose
 * order non-negative floats lie: GPUs may take small p for zero and do as they like with NaN.
 */
export function bernoulliProgram(shape: readonly number[]): Program {
  const size = tf.util.sizeFromShape([...shape]);
  return flat('mmx_bernoulli', ['p', 'jumps'], shape, Math.ceil(size / (4 * chunkSteps)), {
    components: [1, 4],
    uniforms: [0, 1, 2, 3].map((row) => `row${row} : vec4<u32>, `).join(''),
    getUserCode: () => `
      fn main(chunk : i32) {
        let first = chunk * ${4 * chunkSteps};
        if (first >= uniforms.size) { return; }
        var s0 = uniforms.row0;
        var s1 = uniforms.row1;
        var s2 = uniforms.row2;
        var s3 = uniforms.row3;
        for (var digit = 0; digit < ${jumpDigits}; digit++) {
          let value = (chunk >> u32(${Math.log2(jumpBase)} * digit)) & ${jumpBase - 1};
          if (value == 0) { continue; }
          let base = (${jumpBase - 1} * digit + value - 1) * ${matrixWords / 4};
          var t0 = vec4<u32>(0u);
          var t1 = vec4<u32>(0u);
          var t2 = vec4<u32>(0u);
          var t3 = vec4<u32>(0u);
          var word = s0;
          for (var bit = 0; bit < 128; bit++) {
            if (bit == 32) { word = s1; }
            if (bit == 64) { word = s2; }
            if (bit == 96) { word = s3; }
            let mask = vec4<u32>(0u) - ((word >> vec4<u32>(u32(bit & 31))) & vec4<u32>(1u));
            let column = bitcast<vec4<u32>>(jumps[base + bit]);
            t0 ^= mask & vec4<u32>(column.x);
            t1 ^= mask & vec4<u32>(column.y);
            t2 ^= mask & vec4<u32>(column.z);
            t3 ^= mask & vec4<u32>(column.w);
          }
          s0 = t0;
          s1 = t1;
          s2 = t2;
          s3 = t3;
        }
        for (var i = 0; i < ${chunkSteps}; i++) {
          let draws = vec4<f32>((s0 + s3) >> vec4<u32>(8u)) * 5.9604644775390625e-8;
          for (var lane = 0; lane < 4; lane++) {
            let at = first + 4 * i + lane;
            if (at < uniforms.size) {
              let odds = p[at];
              result[at] = select(0.0, 1.0, bitcast<i32>(draws[lane]) < bitcast<i32>(odds) && !isnan(odds));
            }
          }
          let t = s1 << vec4<u32>(9u);
          s2 ^= s0;
          s3 ^= s1;
          s1 ^= s2;
          s0 ^= s3;
          s2 ^= t;
          s3 = (s3 << vec4<u32>(11u)) | (s3 >> vec4<u32>(21u));
        }
      }`,
  });
}
