/**
 * @file The graph's operations that a row kernel can compute, and their decomposition into simpler ones.
 *
 * Every value is seen as a matrix: a vector [N] as [1, N], a scalar as [1, 1].
 */

import {
  elementCount,
  isReduction,
  type Node,
  type ReduceNode,
  type RowNode,
  topologicalOrder,
} from "../graph/node.ts";
import { add, div, mean, mul, reduce, reshape, sqrt, square, sub, sum } from "../graph/ops.ts";
import type { Output, Program } from "../graph/program.ts";
import { rebuild, simplify } from "../graph/simplify.ts";
import { isElementwise } from "./vector-operations.ts";

/** Sizes of a value seen as a matrix. */
export function extentOf({ shape }: Pick<Node, "shape">): readonly [rows: number, columns: number] {
  const [first = 1, second] = shape;
  return second === undefined ? [1, first] : [first, second];
}

/** Whether a value has one column: a number for each row, or a single number. */
export function isNarrow(node: Pick<Node, "shape">): boolean {
  return extentOf(node)[1] === 1;
}

/** Whether a row kernel over that many rows can compute a node from its inputs. */
export function isRowOperation(node: Node, rows: number): boolean {
  if (isElementwise(node)) return [node, ...node.inputs].every((each) => isOperand(each, rows));
  if (isReduction(node)) return hasRows(node.inputs[0], rows) && (isAlongRows(node) || endsKernel(node));
  switch (node.op) {
    case "standardize":
    case "inverseStd":
      return hasRows(node, rows);
    case "matMul": {
      const [a, b] = node.inputs;
      if (!hasRows(a, rows) || node.transposeB || !isNarrow(b)) return false;
      return node.transposeA || b.op === "input";
    }
    case "concat":
      return node.axis === 1 && node.inputs.every((each) => isNarrow(each) && hasRows(each, rows));
    case "slice":
      return node.axis === 1 && isNarrow(node) && hasRows(node, rows);
    default:
      return false;
  }
}

/** Whether a node sums over rows. The kernel knows the sum after its last row, so it computes nothing from it. */
export function endsKernel(node: Node): boolean {
  switch (node.op) {
    case "matMul":
      return node.transposeA;
    case "sum":
      return node.axes.includes(0);
    case "mean":
    case "reduceMin":
    case "reduceMax":
      return node.axes.length === 2 || (node.axes.includes(0) && isNarrow(node.inputs[0]));
    default:
      return false;
  }
}

function hasRows({ shape }: Node, rows: number): boolean {
  return shape.length === 2 && shape[0] === rows;
}

function isOperand(node: Node, rows: number): boolean {
  if (node.op === "constant") return isNarrow(node) && node.values.every((each) => each === node.values[0]);
  return hasRows(node, rows) || (node.shape.length <= 2 && extentOf(node)[0] === 1);
}

function isAlongRows({ axes, keepDims }: ReduceNode): boolean {
  return keepDims && axes.join() === "1";
}

/**
 * The same outputs from elementwise operations and reductions; sums over rows may have another shape with as many
 * numbers.
 */
export function decomposeRows(outputs: readonly Output[]): readonly Output[] {
  const decomposed = new Map<Node, Node>();
  const to = (node: Node) => decomposed.get(node) ?? node;
  for (const node of topologicalOrder(outputs.map((each) => each.node)))
    decomposed.set(node, decompose(rebuild(node, to)));
  const results = outputs.map(({ name, node }) => ({ name, node: to(node) }));
  const program: Program = { state: [], feeds: [], outputs: results };
  return simplify(program).outputs;
}

function decompose(node: Node): Node {
  switch (node.op) {
    case "standardize":
    case "inverseStd":
      return normalizeRows(node);
    case "matMul": {
      const [a, b] = node.inputs;
      if (node.transposeA) return sum(mul(a, b), { axis: 0, keepDims: true });
      return sum(mul(a, reshape(b, [1, elementCount(b.shape)])), { axis: 1, keepDims: true });
    }
    default:
      return isReduction(node) ? reduceInSteps(node) : node;
  }
}

/** A reduction of a matrix to one number reduces its rows first. */
function reduceInSteps(node: ReduceNode): Node {
  const [x] = node.inputs;
  if (node.axes.length < 2 || isNarrow(x)) return node;
  return reduce(node.op, reduce(node.op, x, { axis: 1, keepDims: true }));
}

function normalizeRows({ op, inputs: [x], epsilon }: RowNode): Node {
  const centred = sub(x, mean(x, { axis: 1, keepDims: true }));
  const variance = mean(square(centred), { axis: 1, keepDims: true });
  const inverse = div(1, sqrt(add(variance, epsilon)));
  return op === "standardize" ? mul(centred, inverse) : inverse;
}
