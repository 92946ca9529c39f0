/**
 * ONNX models of one `Gemm`, with an optional activation, encoded by hand: some 200 bytes of protobuf in
 * which all sizes are symbolic, so one model serves every shape. Field numbers are those of onnx.proto.
 */
export interface GemmModel {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** `row`: D is [n], `full`: D is [m, n]. */
  readonly bias: 'none' | 'row' | 'full';
  readonly activation: 'linear' | 'sigmoid';
}

const irVersion = 8;
const operatorSet = 17;
const float32 = 1;
const integerAttribute = 2;

type Bytes = readonly number[];

function variableLength(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

const integer = (field: number, value: number): Bytes => [
  ...variableLength(field << 3),
  ...variableLength(value),
];
const message = (field: number, ...parts: readonly Bytes[]): Bytes => {
  const body = parts.flat();
  return [...variableLength((field << 3) | 2), ...variableLength(body.length), ...body];
};
const text = (field: number, value: string): Bytes => message(field, [...Buffer.from(value, 'utf8')]);

/** ValueInfoProto of a float32 tensor whose dimensions have names. */
const value = (field: number, name: string, dimensions: readonly string[]): Bytes => {
  const shape = message(2, ...dimensions.map((dimension) => message(1, text(2, dimension))));
  const tensorType = message(1, integer(1, float32), shape);
  return message(field, text(1, name), message(2, tensorType));
};

const flag = (name: string): Bytes => message(5, text(1, name), integer(3, 1), integer(20, integerAttribute));

const node = (
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Bytes[] = [],
): Bytes =>
  message(1, ...inputs.map((name) => text(1, name)), text(2, output), text(4, operator), ...attributes);

/** Inputs A, B and, with a bias, D; output C = activation(op(A) op(B) + D). */
export function encodeGemmModel(model: GemmModel): Uint8Array {
  const biased = model.bias !== 'none';
  const activated = model.activation === 'sigmoid';
  const flags = [
    ...(model.transposeA ? [flag('transA')] : []),
    ...(model.transposeB ? [flag('transB')] : []),
  ];
  const graph = message(
    7,
    node('Gemm', biased ? ['A', 'B', 'D'] : ['A', 'B'], activated ? 'T' : 'C', flags),
    ...(activated ? [node('Sigmoid', ['T'], 'C')] : []),
    text(2, 'gemm'),
    value(11, 'A', model.transposeA ? ['k', 'm'] : ['m', 'k']),
    value(11, 'B', model.transposeB ? ['n', 'k'] : ['k', 'n']),
    ...(biased ? [value(11, 'D', model.bias === 'row' ? ['n'] : ['m', 'n'])] : []),
    value(12, 'C', ['m', 'n']),
  );
  return Uint8Array.from([
    ...integer(1, irVersion),
    ...graph,
    ...message(8, text(1, ''), integer(2, operatorSet)),
  ]);
}
