/**
 * @file The operations of the graph: each checks its operands' shapes and returns a node.
 *
 * A number as operand becomes a scalar constant. Shape errors are thrown when the graph is built, with the operation
 * and the shapes, so engines need no shape checks.
 */

import { internal } from "../../shared/errors.ts";
import {
  type BinaryNode,
  type BinaryOp,
  type BroadcastNode,
  broadcastShape,
  type ClipNode,
  type ConcatNode,
  type ConstantNode,
  elementCount,
  type InputNode,
  type MatMulNode,
  type Node,
  type ReduceNode,
  type ReduceOp,
  type ReshapeNode,
  type RowNode,
  type RowOp,
  type SelectNode,
  type Shape,
  type SliceNode,
  sameShape,
  showShape,
  sizeAt,
  type UnaryNode,
  type UnaryOp,
} from "./node.ts";

/** A node, or a number as a scalar constant. */
export type Operand = Node | number;

/** A feed or a state vector. */
export function input(name: string, shape: Shape): InputNode {
  if (name === "") throw internal("input: expected a name");
  checkSizes("input", shape);
  return { op: "input", inputs: [], shape: [...shape], name };
}

/** Constant numbers, row-major; copied. */
export function constant(values: number | ArrayLike<number>, shape?: Shape): ConstantNode {
  const array = typeof values === "number" ? Float32Array.of(values) : Float32Array.from(values);
  const size = shape ?? (typeof values === "number" ? [] : [array.length]);
  checkSizes("constant", size);
  if (elementCount(size) !== array.length) {
    throw internal(
      `constant: expected ${elementCount(size)} values for ${showShape(size)}, got ${array.length}`,
    );
  }
  return { op: "constant", inputs: [], shape: [...size], values: array };
}

/** A constant tensor of one repeated number. */
export function filled(value: number, shape: Shape): ConstantNode {
  return constant(new Float32Array(elementCount(shape)).fill(value), shape);
}

/** Any elementwise operation on one input, by name. */
export function unary(op: UnaryOp, x: Operand): UnaryNode {
  const node = asNode(x);
  return { op, inputs: [node], shape: node.shape };
}

/** Any elementwise operation on two inputs, by name. */
export function binary(op: BinaryOp, a: Operand, b: Operand): BinaryNode {
  const [left, right] = [asNode(a), asNode(b)];
  return { op, inputs: [left, right], shape: broadcast(op, left, right) };
}

export const neg = (x: Operand) => unary("neg", x);
export const relu = (x: Operand) => unary("relu", x);
export const tanh = (x: Operand) => unary("tanh", x);
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: Operand) => unary("sigmoid", x);
/** log(1 + eˣ) */
export const softplus = (x: Operand) => unary("softplus", x);
export const exp = (x: Operand) => unary("exp", x);
export const log = (x: Operand) => unary("log", x);
export const sqrt = (x: Operand) => unary("sqrt", x);
export const square = (x: Operand) => unary("square", x);
export const abs = (x: Operand) => unary("abs", x);
/** −1, 0 or 1. */
export const sign = (x: Operand) => unary("sign", x);
/** The same value, without gradient. */
export const stopGradient = (x: Operand) => unary("stopGradient", x);

export const add = (a: Operand, b: Operand) => binary("add", a, b);
export const sub = (a: Operand, b: Operand) => binary("sub", a, b);
export const mul = (a: Operand, b: Operand) => binary("mul", a, b);
export const div = (a: Operand, b: Operand) => binary("div", a, b);
/** Elementwise minimum. */
export const min = (a: Operand, b: Operand) => binary("min", a, b);
/** Elementwise maximum. */
export const max = (a: Operand, b: Operand) => binary("max", a, b);
/** 1 where a > b, else 0. */
export const greater = (a: Operand, b: Operand) => binary("greater", a, b);
/** 1 where a < b, else 0. */
export const less = (a: Operand, b: Operand) => binary("less", a, b);

/** Elementwise clipping to [low, high]. */
export function clip(x: Operand, low: number, high: number): ClipNode {
  if (!(low <= high)) throw internal(`clip: expected low ≤ high, got [${low}, ${high}]`);
  const node = asNode(x);
  return { op: "clip", inputs: [node], shape: node.shape, low, high };
}

/** Elementwise `yes` where the condition is not 0, else `no`. */
export function select(condition: Operand, yes: Operand, no: Operand): SelectNode {
  const [c, y, n] = [asNode(condition), asNode(yes), asNode(no)];
  const branches = broadcast("select", y, n);
  const shape = broadcastShape(c.shape, branches);
  if (shape === undefined) {
    throw internal(
      `select: expected shapes that broadcast, got ${showShape(c.shape)} ? ${showShape(branches)}`,
    );
  }
  return { op: "select", inputs: [c, y, n], shape };
}

/** The product of two matrices, [M,K] · [K,N] → [M,N], each optionally transposed first. */
export function matMul(
  a: Node,
  b: Node,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): MatMulNode {
  const show = () =>
    `${showShape(a.shape)}${transposeA ? "ᵀ" : ""} · ${showShape(b.shape)}${transposeB ? "ᵀ" : ""}`;
  const [aRows, aColumns] = a.shape;
  const [bRows, bColumns] = b.shape;
  if (
    a.shape.length !== 2 ||
    b.shape.length !== 2 ||
    aRows === undefined ||
    aColumns === undefined ||
    bRows === undefined ||
    bColumns === undefined
  ) {
    throw internal(`matMul: expected two matrices, got ${show()}`);
  }
  const [rows, innerA] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [innerB, columns] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (innerA !== innerB) throw internal(`matMul: expected inner sizes to agree, got ${show()}`);
  return { op: "matMul", inputs: [a, b], shape: [rows, columns], transposeA, transposeB };
}

/** Concatenates parts along an axis; all other sizes agree. A negative axis counts from the end. */
export function concat(parts: readonly Node[], axis: number): ConcatNode {
  const first = parts[0];
  if (first === undefined) throw internal("concat: expected at least one part, got none");
  const at = checkAxis("concat", first.shape, axis);
  for (const part of parts) {
    const agrees = part.shape.length === first.shape.length;
    if (!agrees || part.shape.some((size, i) => i !== at && size !== first.shape[i])) {
      const shapes = parts.map((each) => showShape(each.shape)).join(", ");
      throw internal(`concat: expected shapes that agree except on axis ${at}, got ${shapes}`);
    }
  }
  const shape = [...first.shape];
  shape[at] = parts.reduce((sum, part) => sum + sizeAt(part.shape, at), 0);
  return { op: "concat", inputs: [...parts], shape, axis: at };
}

/** Elements start ≤ i < end along an axis. */
export function slice(x: Node, axis: number, start: number, end: number): SliceNode {
  const at = checkAxis("slice", x.shape, axis);
  if (
    !(
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      0 <= start &&
      start < end &&
      end <= sizeAt(x.shape, at)
    )
  ) {
    throw internal(
      `slice: expected a range within axis ${at} of ${showShape(x.shape)}, got [${start}, ${end})`,
    );
  }
  const shape = [...x.shape];
  shape[at] = end - start;
  return { op: "slice", inputs: [x], shape, axis: at, start, end };
}

/** Splits an axis into consecutive parts of the given sizes, which add up to its size. */
export function split(x: Node, sizes: readonly number[], axis: number): SliceNode[] {
  const at = checkAxis("split", x.shape, axis);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== x.shape[at]) {
    throw internal(
      `split: expected sizes that add up to axis ${at} of ${showShape(x.shape)}, got ${sizes.join("+")}`,
    );
  }
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slice(x, at, start - size, start);
  });
}

/** The same numbers in row-major order, in another shape. */
export function reshape(x: Node, shape: Shape): ReshapeNode {
  checkSizes("reshape", shape);
  if (elementCount(shape) !== elementCount(x.shape)) {
    throw internal(`reshape: expected as many numbers, got ${showShape(x.shape)} → ${showShape(shape)}`);
  }
  return { op: "reshape", inputs: [x], shape: [...shape] };
}

/** Broadcasts a value to a larger shape by NumPy's rule. */
export function broadcastTo(x: Operand, shape: Shape): BroadcastNode {
  const node = asNode(x);
  const common = broadcastShape(node.shape, shape);
  if (common === undefined || !sameShape(common, shape)) {
    throw internal(
      `broadcastTo: expected a shape that broadcasts to the other, got ${showShape(node.shape)} → ${showShape(shape)}`,
    );
  }
  return { op: "broadcast", inputs: [node], shape: [...shape] };
}

export interface ReduceOptions {
  /** Axes to reduce, default all; negative ones count from the end. */
  readonly axis?: number | readonly number[];
  /** Whether reduced axes are kept with size 1; default false. */
  readonly keepDims?: boolean;
}

/** Any reduction, by name. */
export function reduce(op: ReduceOp, x: Node, { axis, keepDims = false }: ReduceOptions = {}): ReduceNode {
  const requested = axis === undefined ? x.shape.map((_, i) => i) : typeof axis === "number" ? [axis] : axis;
  const axes = requested.map((each) => checkAxis(op, x.shape, each)).sort((a, b) => a - b);
  if (new Set(axes).size !== axes.length)
    throw internal(`${op}: expected different axes, got ${axes.join(", ")}`);
  const shape = keepDims
    ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size))
    : x.shape.filter((_, i) => !axes.includes(i));
  return { op, inputs: [x], shape, axes, keepDims };
}

export const sum = (x: Node, options?: ReduceOptions) => reduce("sum", x, options);
export const mean = (x: Node, options?: ReduceOptions) => reduce("mean", x, options);
/** Minimum along axes; ties share the gradient evenly. */
export const reduceMin = (x: Node, options?: ReduceOptions) => reduce("reduceMin", x, options);
/** Maximum along axes; ties share the gradient evenly. */
export const reduceMax = (x: Node, options?: ReduceOptions) => reduce("reduceMax", x, options);

/** Added to the variance, as in PyTorch. */
export const LAYER_NORM_EPSILON = 1e-5;

/**
 * Each row normalised to mean 0 and standard deviation 1, then times `gain` plus `bias`.
 *
 * Layer normalisation (Ba et al. 2016, arXiv:1607.06450) over the last axis, with the biased variance.
 *
 * @param x    [..., N]
 * @param gain [N]
 * @param bias [N]
 */
export function layerNorm(x: Node, gain: Node, bias: Node): Node {
  return add(mul(perRow("standardize", x, LAYER_NORM_EPSILON), gain), bias);
}

/** Either row operation, by name; primitive because engines have a kernel for it. */
export function perRow(op: RowOp, x: Node, epsilon: number): RowNode {
  const last = checkAxis(op, x.shape, -1);
  return { op, inputs: [x], shape: op === "standardize" ? x.shape : x.shape.with(last, 1), epsilon };
}

function asNode(x: Operand): Node {
  return typeof x === "number" ? constant(x) : x;
}

function broadcast(op: string, a: Node, b: Node): Shape {
  const shape = broadcastShape(a.shape, b.shape);
  if (shape === undefined) {
    throw internal(
      `${op}: expected shapes that broadcast, got ${showShape(a.shape)} and ${showShape(b.shape)}`,
    );
  }
  return shape;
}

function checkAxis(op: string, shape: Shape, axis: number): number {
  const at = axis < 0 ? axis + shape.length : axis;
  if (!(Number.isInteger(at) && at >= 0 && at < shape.length)) {
    throw internal(`${op}: expected an axis of ${showShape(shape)}, got ${axis}`);
  }
  return at;
}

function checkSizes(op: string, shape: Shape): void {
  if (!shape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw internal(`${op}: expected sizes ≥ 1, got ${showShape(shape)}`);
  }
}
