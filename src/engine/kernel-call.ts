import {
  engine,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  util,
  type Variable,
} from '@tensorflow/tfjs-core';

/** Elements of a tensor. */
export const size = (tensor: TensorInfo): number => util.sizeFromShape(tensor.shape);

/** Makes data that a kernel has just computed that of a variable among its inputs. */
export function assign(variable: TensorInfo, computed: TensorInfo): void {
  const tensor = engine().makeTensorFromTensorInfo(computed);
  (variable as Variable).assign(tensor);
  tensor.dispose();
}

/** An input of a kernel. */
export function input(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined || tensor === null) throw new Error(`kernel input ${name} is missing`);
  return tensor;
}

/** A numeric attribute of a kernel. */
export function number(attributes: NamedAttrMap | undefined, name: string): number {
  const value = attributes?.[name];
  if (typeof value !== 'number') throw new TypeError(`kernel attribute ${name} is not a number`);
  return value;
}
