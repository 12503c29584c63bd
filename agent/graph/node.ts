/**
 * @file Nodes of the symbolic graph: an operation, its inputs, and the shape of its value.
 *
 * Nodes are plain immutable data. Every value is a float32 tensor of static shape; comparisons give 0 or 1. The
 * functions in ops.ts build nodes and check shapes; an engine or evaluate.ts computes values.
 */

import { internal } from "../../shared/errors.ts";

/** Sizes, outermost first; [] is a scalar. */
export type Shape = readonly number[];

/** A feed or a state vector. */
export interface InputNode {
  readonly op: "input";
  readonly inputs: readonly [];
  readonly shape: Shape;
  readonly name: string;
}

/** Numbers that are fixed when the graph is built, row-major. */
export interface ConstantNode {
  readonly op: "constant";
  readonly inputs: readonly [];
  readonly shape: Shape;
  readonly values: Float32Array;
}

export type UnaryOp =
  | "neg"
  | "relu"
  | "tanh"
  | "sigmoid"
  | "softplus"
  | "exp"
  | "log"
  | "sqrt"
  | "square"
  | "abs"
  | "sign"
  | "stopGradient";

/** An elementwise operation on one input. */
export interface UnaryNode {
  readonly op: UnaryOp;
  readonly inputs: readonly [x: Node];
  readonly shape: Shape;
}

/** Elementwise clipping to [low, high]. */
export interface ClipNode {
  readonly op: "clip";
  readonly inputs: readonly [x: Node];
  readonly shape: Shape;
  readonly low: number;
  readonly high: number;
}

const BINARY_OPS = ["add", "sub", "mul", "div", "min", "max", "greater", "less"] as const;

export type BinaryOp = (typeof BINARY_OPS)[number];

/** An elementwise operation on two inputs, with NumPy broadcasting. */
export interface BinaryNode {
  readonly op: BinaryOp;
  readonly inputs: readonly [a: Node, b: Node];
  readonly shape: Shape;
}

/** Elementwise `yes` where the condition is not 0, else `no`, with NumPy broadcasting. */
export interface SelectNode {
  readonly op: "select";
  readonly inputs: readonly [condition: Node, yes: Node, no: Node];
  readonly shape: Shape;
}

/** The product of two matrices, each optionally transposed. */
export interface MatMulNode {
  readonly op: "matMul";
  readonly inputs: readonly [a: Node, b: Node];
  readonly shape: Shape;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export interface ConcatNode {
  readonly op: "concat";
  readonly inputs: readonly Node[];
  readonly shape: Shape;
  readonly axis: number;
}

/** Elements start ≤ i < end along one axis. */
export interface SliceNode {
  readonly op: "slice";
  readonly inputs: readonly [x: Node];
  readonly shape: Shape;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

export interface ReshapeNode {
  readonly op: "reshape";
  readonly inputs: readonly [x: Node];
  readonly shape: Shape;
}

/** Broadcasts a value to a larger shape by NumPy's rule. */
export interface BroadcastNode {
  readonly op: "broadcast";
  readonly inputs: readonly [x: Node];
  readonly shape: Shape;
}

const REDUCE_OPS = ["sum", "mean", "reduceMin", "reduceMax"] as const;

export type ReduceOp = (typeof REDUCE_OPS)[number];

/** Reduces some axes, in ascending order; `keepDims` keeps them with size 1. */
export interface ReduceNode {
  readonly op: ReduceOp;
  readonly inputs: readonly [x: Node];
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Along the last axis: the row at mean 0 and standard deviation 1; or 1 / its standard deviation, [..., 1]. */
export type RowOp = "standardize" | "inverseStd";

/** The standard deviation is √(biased variance + epsilon). */
export interface RowNode {
  readonly op: RowOp;
  readonly inputs: readonly [x: Node];
  readonly shape: Shape;
  readonly epsilon: number;
}

export type Node =
  | InputNode
  | ConstantNode
  | UnaryNode
  | ClipNode
  | BinaryNode
  | SelectNode
  | MatMulNode
  | ConcatNode
  | SliceNode
  | ReshapeNode
  | BroadcastNode
  | ReduceNode
  | RowNode;

export function isBinary(node: Node): node is BinaryNode {
  return BINARY_OPS.some((op) => op === node.op);
}

export function isReduction(node: Node): node is ReduceNode {
  return REDUCE_OPS.some((op) => op === node.op);
}

/** Numbers in a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The size of one axis, 0 ≤ axis < rank. */
export function sizeAt(shape: Shape, axis: number): number {
  const size = shape[axis];
  if (size === undefined) throw internal(`expected an axis of ${showShape(shape)}, got ${axis}`);
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** `[256,64]` */
export function showShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** The common shape of two shapes by NumPy's broadcasting rule, or undefined if there is none. */
export function broadcastShape(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const sizeA = a[a.length - rank + i] ?? 1;
    const sizeB = b[b.length - rank + i] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return undefined;
    shape.push(sizeA === 1 ? sizeB : sizeA);
  }
  return shape;
}

/**
 * The roots and all nodes that they depend on, each once, after its inputs.
 *
 * @param isLeaf whether a node's inputs are left out
 */
export function topologicalOrder(
  roots: readonly Node[],
  isLeaf: (node: Node) => boolean = () => false,
): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const path: { node: Node; next: number }[] = [];
  for (const root of roots) {
    // A loop instead of recursion: the graphs of large ensembles would overflow the call stack.
    if (!done.has(root)) path.push({ node: root, next: 0 });
    done.add(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const input = isLeaf(top.node) ? undefined : top.node.inputs[top.next++];
      if (input === undefined) {
        order.push(top.node);
        path.pop();
      } else if (!done.has(input)) {
        done.add(input);
        path.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}
