import * as tf from '@tensorflow/tfjs-core';
import { digits, shortestJump } from '../jump-tables.js';
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

/**
 * Bernoulli draws with the bits of `noise.ts`. A thread makes the same few draws of each of the four lanes: it
 * jumps each lane there (`jump-tables.ts`), then steps through them with word r of all lanes in the vector
 * `s<r>`. `p` and the draws are compared as integers, in whose order non-negative floats lie: GPUs may take
 * small p for zero and do as they like with NaN.
 */
export function bernoulliProgram(shape: readonly number[]): Program {
  const size = tf.util.sizeFromShape([...shape]);
  const rows = [0, 1, 2, 3];
  return flat('mmx_bernoulli', ['p', 'jumps'], shape, Math.ceil(size / (4 * shortestJump)), {
    components: [1, 4],
    uniforms: rows.map((row) => `row${row} : vec4<u32>, `).join(''),
    getUserCode: () => `
      fn main(thread : i32) {
        let first = thread * ${4 * shortestJump};
        if (first >= uniforms.size) { return; }
        var lanes : array<vec4<u32>, 4>;
        for (var lane = 0; lane < 4; lane++) {
          var state = vec4<u32>(${rows.map((row) => `uniforms.row${row}[lane]`).join(', ')});
          for (var digit = 0; digit < ${digits}; digit++) {
            let value = (thread >> u32(6 * digit)) & 63;
            if (value == 0) { continue; }
            let base = (64 * digit + value) * 512;
            var next = vec4<u32>(0u);
            for (var nibble = 0; nibble < 32; nibble++) {
              let bits = (state[nibble >> 3u] >> u32(4 * (nibble & 7))) & 15u;
              next ^= bitcast<vec4<u32>>(jumps[base + 16 * nibble + i32(bits)]);
            }
            state = next;
          }
          lanes[lane] = state;
        }
        ${rows.map((row) => `var s${row} = vec4<u32>(${rows.map((lane) => `lanes[${lane}][${row}]`).join(', ')});`).join('\n        ')}
        for (var i = 0; i < ${shortestJump}; i++) {
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
