/** @file The graph's operations that the vector kernel can compute, and their WebAssembly instructions. */

import { internal } from "../../shared/errors.ts";
import {
  elementCount,
  isBinary,
  isReduction,
  type Node,
  type ReduceNode,
  type ReduceOp,
  type Shape,
} from "../graph/node.ts";
import {
  CONVERT_TO_F32,
  type Code,
  constF32,
  extractLane,
  F32,
  F32X4,
  getLocal,
  loadF32,
  loadF32x4,
  SELECT,
  storeF32,
  storeF32x4,
} from "./wasm-function.ts";

/** Whether kernels compute each element of a node from the same elements of its inputs, broadcast. */
export function isElementwise(node: Node): boolean {
  switch (node.op) {
    case "select":
    case "broadcast":
    case "neg":
    case "abs":
    case "sqrt":
    case "square":
    case "relu":
    case "clip":
      return true;
    default:
      return isBinary(node);
  }
}

/** Whether the kernel can compute a node from its inputs: elementwise operations on vectors, and reductions. */
export function isVectorOperation(node: Node): boolean {
  const ranks = [node, ...(reducesVector(node) ? node.inputs : [])].map(({ shape }) => shape.length);
  return ranks.every((rank) => rank <= 1) && isFlatOperation(node);
}

/** The same for tensors of any rank, whose numbers the kernel sees as one vector. */
export function isFlatOperation(node: Node): boolean {
  if (isElementwise(node))
    return node.inputs.every(
      ({ shape }) => isScalar(shape) || elementCount(shape) === elementCount(node.shape),
    );
  return (node.op === "reshape" || node.op === "slice" || isReduction(node)) && isScalar(node.shape);
}

/** Whether a tensor has one element, of any rank. The kernel keeps it in a local variable. */
export function isScalar(shape: Shape): boolean {
  return elementCount(shape) === 1;
}

/** Whether a node reduces more than one number, which takes a loop. */
export function reducesVector(node: Node): node is ReduceNode {
  return isReduction(node) && !node.inputs.every(({ shape }) => isScalar(shape));
}

/** The value that each reduction starts from, and the operation that adds an element. */
export const REDUCTIONS: Readonly<
  Record<ReduceOp, { readonly start: number; readonly operation: "add" | "min" | "max" }>
> = {
  sum: { start: 0, operation: "add" },
  mean: { start: 0, operation: "add" },
  reduceMin: { start: Number.POSITIVE_INFINITY, operation: "min" },
  reduceMax: { start: Number.NEGATIVE_INFINITY, operation: "max" },
};

/** Instructions for one float32 or for four at a time. */
export interface Width {
  readonly type: "f32" | "v128";
  readonly lanes: number;
  readonly operations: typeof F32 | typeof F32X4;
  readonly constant: (value: number) => Code;
  /** Turns a comparison's result into 1 or 0. */
  readonly toNumber: Code;
  /** Chooses between the two values below the condition on the stack. */
  readonly select: Code;
  readonly load: (offset: number) => Code;
  readonly store: (offset: number) => Code;
}

export const ONE: Width = {
  type: "f32",
  lanes: 1,
  operations: F32,
  constant: constF32,
  toNumber: CONVERT_TO_F32,
  select: SELECT,
  load: loadF32,
  store: storeF32,
};

const constF32x4 = (value: number): Code => [...constF32(value), ...F32X4.splat];

export const FOUR: Width = {
  type: "v128",
  lanes: 4,
  operations: F32X4,
  constant: constF32x4,
  toNumber: [...constF32x4(1), ...F32X4.and],
  select: F32X4.bitselect,
  load: loadF32x4,
  store: storeF32x4,
};

/** Combines the lanes of a local variable, always in the same order. */
export function acrossLanes(local: number, width: Width, combine: Code): Code {
  if (width === ONE) return getLocal(local);
  const lanes = [0, 1, 2, 3].map((lane) => [...getLocal(local), ...extractLane(lane)]);
  return inPairs(lanes, combine);
}

/** Combines neighbours, then neighbouring results. */
export function inPairs(values: readonly Code[], combine: Code): Code {
  if (values.length <= 1) return values[0] ?? [];
  const pairs: Code[] = [];
  for (let i = 0; i < values.length; i += 2) {
    const [left = [], right] = values.slice(i, i + 2);
    pairs.push(right === undefined ? left : [...left, ...right, ...combine]);
  }
  return inPairs(pairs, combine);
}

/** The instructions of an elementwise operation, given those that push its inputs. */
export function elementwise(node: Node, width: Width, inputs: readonly Code[]): Code {
  const { operations, constant } = width;
  const [a = [], b = [], c = []] = inputs;
  switch (node.op) {
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "min":
    case "max":
      return [...a, ...b, ...operations[node.op]];
    case "greater":
    case "less":
      return [...a, ...b, ...operations[node.op], ...width.toNumber];
    case "neg":
    case "abs":
    case "sqrt":
      return [...a, ...operations[node.op]];
    case "square":
      return [...a, ...a, ...operations.mul];
    case "relu":
      return width === FOUR
        ? [...a, ...constant(0), ...F32X4.pmax]
        : [...a, ...constant(0), ...operations.max];
    case "clip":
      return [...a, ...constant(node.low), ...operations.max, ...constant(node.high), ...operations.min];
    case "select":
      return [...b, ...c, ...a, ...constant(0), ...operations.notEqual, ...width.select];
    case "broadcast":
    case "reshape":
    // A reduction of one element is that element.
    case "sum":
    case "mean":
    case "reduceMin":
    case "reduceMax":
      return a;
    default:
      throw internal(`kernel: expected an operation on vectors, got ${node.op}`);
  }
}
