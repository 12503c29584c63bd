/**
 * @file Evaluates a graph in float64: the reference for tests of gradients and engines, and for constant folding.
 *
 * It is slow and allocates every value.
 */

import { internal } from "../../shared/errors.ts";
import {
  type BinaryOp,
  type ConcatNode,
  elementCount,
  isBinary,
  isReduction,
  type MatMulNode,
  type Node,
  type ReduceNode,
  type RowNode,
  type Shape,
  type SliceNode,
  topologicalOrder,
  type UnaryOp,
} from "./node.ts";

/**
 * The values of nodes, given the values of the inputs they depend on.
 *
 * @param values row-major numbers of each input, by name
 * @returns one new row-major array per root
 * @throws an internal error if an input has no value or one of the wrong size
 */
export function evaluate(
  roots: readonly Node[],
  values: Readonly<Record<string, ArrayLike<number>>> = {},
): Float64Array[] {
  const computed = new Map<Node, Float64Array>();
  const valueAt = (node: Node): Float64Array => {
    const value = computed.get(node);
    if (value === undefined) throw internal(`evaluate: ${node.op} is used before it is computed`);
    return value;
  };
  for (const node of topologicalOrder(roots)) computed.set(node, compute(node, valueAt, values));
  return roots.map((root) => valueAt(root).slice());
}

function compute(
  node: Node,
  valueAt: (node: Node) => Float64Array,
  inputValues: Readonly<Record<string, ArrayLike<number>>>,
): Float64Array {
  const broadcast = (each: Node) => broadcastValue(valueAt(each), each.shape, node.shape);
  if (isReduction(node)) return reduceValue(node, valueAt(node.inputs[0]));
  if (isBinary(node)) {
    const f = BINARY[node.op];
    const b = broadcast(node.inputs[1]);
    return broadcast(node.inputs[0]).map((a, i) => f(a, b[i]!));
  }
  switch (node.op) {
    case "input": {
      const value = inputValues[node.name];
      if (value?.length !== elementCount(node.shape)) {
        throw internal(
          `evaluate: expected ${elementCount(node.shape)} numbers for ${node.name}, got ${value?.length}`,
        );
      }
      return Float64Array.from(value);
    }
    case "constant":
      return Float64Array.from(node.values);
    case "clip":
      return valueAt(node.inputs[0]).map((x) => Math.min(Math.max(x, node.low), node.high));
    case "select": {
      const [yes, no] = [broadcast(node.inputs[1]), broadcast(node.inputs[2])];
      return broadcast(node.inputs[0]).map((c, i) => (c !== 0 ? yes[i]! : no[i]!));
    }
    case "matMul":
      return matMulValue(node, valueAt(node.inputs[0]), valueAt(node.inputs[1]));
    case "concat":
      return concatValue(node, node.inputs.map(valueAt));
    case "slice":
      return sliceValue(node, valueAt(node.inputs[0]));
    case "reshape":
      return valueAt(node.inputs[0]);
    case "broadcast":
      return broadcast(node.inputs[0]);
    case "standardize":
    case "inverseStd":
      return rowsValue(node, valueAt(node.inputs[0]));
    default:
      return valueAt(node.inputs[0]).map(UNARY[node.op]);
  }
}

const UNARY: Readonly<Record<UnaryOp, (x: number) => number>> = {
  neg: (x) => -x,
  relu: (x) => Math.max(x, 0),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  abs: Math.abs,
  sign: Math.sign,
  stopGradient: (x) => x,
};

const BINARY: Readonly<Record<BinaryOp, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  greater: (a, b) => Number(a > b),
  less: (a, b) => Number(a < b),
};

/** Visits each element of `shape`: its row-major index, and the index of its source in the broadcast shape `from`. */
function eachSource(shape: Shape, from: Shape, visit: (target: number, source: number) => void): void {
  const strides = shape.map(() => 0);
  let stride = 1;
  for (let i = from.length - 1; i >= 0; i--) {
    if (from[i]! > 1) strides[shape.length - from.length + i] = stride;
    stride *= from[i]!;
  }
  const position = shape.map(() => 0);
  let source = 0;
  const count = elementCount(shape);
  for (let target = 0; target < count; target++) {
    visit(target, source);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis]!++;
      source += strides[axis]!;
      if (position[axis]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
}

function broadcastValue(value: Float64Array, from: Shape, shape: Shape): Float64Array {
  const result = new Float64Array(elementCount(shape));
  eachSource(shape, from, (target, source) => {
    result[target] = value[source]!;
  });
  return result;
}

function reduceValue({ op, inputs: [x], axes }: ReduceNode, value: Float64Array): Float64Array {
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const start = { sum: 0, mean: 0, reduceMin: Number.POSITIVE_INFINITY, reduceMax: Number.NEGATIVE_INFINITY }[
    op
  ];
  const result = new Float64Array(elementCount(kept)).fill(start);
  eachSource(x.shape, kept, (from, to) => {
    if (op === "reduceMin") result[to] = Math.min(result[to]!, value[from]!);
    else if (op === "reduceMax") result[to] = Math.max(result[to]!, value[from]!);
    else result[to] = result[to]! + value[from]!;
  });
  return op === "mean" ? result.map((sum) => (sum * result.length) / value.length) : result;
}

function rowsValue({ op, inputs: [x], epsilon }: RowNode, value: Float64Array): Float64Array {
  const size = x.shape.at(-1) ?? 1;
  const rows = Array.from({ length: value.length / size }, (_, i) => {
    const row = value.subarray(i * size, (i + 1) * size);
    const mean = row.reduce((sum, each) => sum + each, 0) / size;
    const variance = row.reduce((sum, each) => sum + (each - mean) ** 2, 0) / size;
    const inverse = 1 / Math.sqrt(variance + epsilon);
    return op === "standardize" ? Array.from(row, (each) => (each - mean) * inverse) : [inverse];
  });
  return Float64Array.from(rows.flat());
}

function matMulValue(node: MatMulNode, a: Float64Array, b: Float64Array): Float64Array {
  const [rows, columns] = [node.shape[0]!, node.shape[1]!];
  const inner = node.inputs[0].shape[node.transposeA ? 0 : 1]!;
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const x = a[node.transposeA ? k * rows + i : i * inner + k]!;
        sum += x * b[node.transposeB ? j * inner + k : k * columns + j]!;
      }
      result[i * columns + j] = sum;
    }
  }
  return result;
}

function concatValue({ shape, axis, inputs }: ConcatNode, values: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(elementCount(shape));
  const outer = elementCount(shape.slice(0, axis));
  let at = 0;
  for (let row = 0; row < outer; row++) {
    inputs.forEach((part, i) => {
      const width = elementCount(part.shape.slice(axis));
      result.set(values[i]!.subarray(row * width, (row + 1) * width), at);
      at += width;
    });
  }
  return result;
}

function sliceValue({ inputs: [x], axis, start, end, shape }: SliceNode, value: Float64Array): Float64Array {
  const result = new Float64Array(elementCount(shape));
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const stride = x.shape[axis]! * inner;
  const width = (end - start) * inner;
  for (let row = 0; row < outer; row++) {
    const from = row * stride + start * inner;
    result.set(value.subarray(from, from + width), row * width);
  }
  return result;
}
