/** @file Finds nodes of a graph that are emitted together as one ONNX operator. */

import { type Node, type RowNode, type SliceNode, topologicalOrder } from "../graph/node.ts";

export interface Fusions {
  /** Matrix products whose only user adds a bias: one Gemm. */
  readonly withBias: ReadonlySet<Node>;
  /** `standardize` nodes and their products with a gain whose only user adds a bias: one LayerNormalization. */
  readonly withGain: ReadonlySet<Node>;
  /** The slices of each node: one Split if they tile it. */
  readonly slices: ReadonlyMap<Node, readonly SliceNode[]>;
  /** The row operations on each node: one LayerNormalization. */
  readonly rows: ReadonlyMap<Node, readonly RowNode[]>;
}

export function findFusions(roots: readonly Node[]): Fusions {
  const withBias = new Set<Node>();
  const withGain = new Set<Node>();
  const slices = new Map<Node, SliceNode[]>();
  const rows = new Map<Node, RowNode[]>();
  const order = topologicalOrder(roots);
  const users = new Map<Node, number>();
  for (const node of [...order.flatMap(({ inputs }) => inputs), ...roots]) {
    users.set(node, (users.get(node) ?? 0) + 1);
  }
  for (const node of order) {
    const [x, other] = node.inputs;
    if (x === undefined) continue;
    if (node.op === "slice") slices.set(x, [...(slices.get(x) ?? []), node]);
    if (node.op === "standardize" || node.op === "inverseStd") rows.set(x, [...(rows.get(x) ?? []), node]);
    if (node.op !== "add" || users.get(x) !== 1) continue;
    if (x.op === "matMul" && other !== undefined && other.shape.length <= 1) withBias.add(x);
    const [normalized, gain] = x.inputs;
    const isScaled = x.op === "mul" && normalized?.op === "standardize" && gain?.shape.length === 1;
    if (isScaled && users.get(normalized) === 1) withGain.add(x).add(normalized);
  }
  return { withBias, withGain, slices, rows };
}
