/**
 * @file Splits a program between an engine, which computes tensors, and the vector kernel, which then computes the
 * state.
 *
 * Networks keep their weights in flat vectors. The engine reads the weights of a layer as a view into the network's
 * vector, and writes the gradient of a layer as a view into the gradient's vector: no tensor is sliced, reshaped,
 * joined or copied.
 */

import { elementCount, type InputNode, type Node, type Shape, topologicalOrder } from "../graph/node.ts";
import { input, reduce } from "../graph/ops.ts";
import { type Output, type Program, rootsOf } from "../graph/program.ts";
import { rebuild } from "../graph/simplify.ts";
import { isFlatOperation, isScalar, isVectorOperation } from "./vector-operations.ts";

/** Part of a vector in memory, which the engine reads or writes as a tensor. */
export interface View {
  /** The engine's input or output. */
  readonly name: string;
  /** A state vector, or a leaf of the kernel. */
  readonly vector: Node;
  /** Index of the first element in the vector. */
  readonly offset: number;
  readonly shape: Shape;
}

/** Elements of a leaf that never change. */
export interface FixedValues {
  readonly vector: Node;
  readonly offset: number;
  readonly values: Float32Array;
}

/** A state vector or an output that the kernel computes. */
export interface KernelResult {
  readonly name: string;
  readonly node: Node;
}

export interface Partition {
  /** The engine's program: its inputs are `reads` and feeds, its outputs `writes` and outputs of the program. */
  readonly tensors: Program;
  readonly reads: readonly View[];
  readonly writes: readonly View[];
  /** Written once, before the first run. */
  readonly fixed: readonly FixedValues[];
  /** Vectors that the kernel reads: state, constants, and what the engine writes. */
  readonly leaves: readonly Node[];
  /** The next state. */
  readonly state: readonly KernelResult[];
  /** Outputs that the kernel computes; the engine computes the others. */
  readonly outputs: readonly KernelResult[];
}

/**
 * Splits a simplified program.
 *
 * @param isState whether an input is a state vector, which is in memory
 */
export function partition(program: Program, isState: (node: InputNode) => boolean): Partition {
  const byKernel = kernelNodes(program);
  const kernelOutputs = program.outputs.filter(({ node }) => byKernel.has(node));
  const engineOutputs = program.outputs.filter(({ node }) => !byKernel.has(node));
  const roots = [...program.state.map(({ next }) => next), ...kernelOutputs.map(({ node }) => node)];
  const leaves = leavesOf(roots, byKernel);
  const { writes, fixed, computed } = placeLeaves(
    leaves.filter((leaf) => leaf.op !== "input" || !isState(leaf)),
  );
  const { reads, outputs } = openViews([...engineOutputs, ...computed], isState);
  return {
    tensors: {
      state: [],
      feeds: [...program.feeds.filter((feed) => !isState(feed)), ...reads.map(({ node }) => node)],
      outputs,
    },
    reads: reads.map(({ view }) => view),
    writes,
    fixed,
    leaves,
    state: program.state.map(({ current, next }) => ({ name: current.name, node: next })),
    outputs: kernelOutputs.map(({ name, node }) => ({ name, node })),
  };
}

/**
 * The nodes that the kernel computes: operations on vectors, and operations on the numbers of a tensor that only the
 * kernel uses, such as the mean of all TD errors.
 */
function kernelNodes(program: Program): ReadonlySet<Node> {
  const byKernel = new Set<Node>();
  const usedByEngine = new Set<Node>();
  const outputs = new Set<Node>(program.outputs.map(({ node }) => node));
  for (const node of topologicalOrder(rootsOf(program)).toReversed()) {
    // The engine writes an output that is a tensor, so it computes it anyway.
    const isFree = !usedByEngine.has(node) && (isScalar(node.shape) || !outputs.has(node));
    if (isVectorOperation(node) || (isFree && isFlatOperation(node))) byKernel.add(node);
    else for (const each of node.inputs) usedByEngine.add(each);
  }
  return byKernel;
}

/** The values that the kernel reads from memory to compute the roots. */
function leavesOf(roots: readonly Node[], byKernel: ReadonlySet<Node>): Node[] {
  const leaves: Node[] = [];
  const visited = new Set<Node>();
  const pending = [...roots];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (visited.has(node)) continue;
    visited.add(node);
    if (byKernel.has(node)) pending.push(...node.inputs);
    else if (node.op !== "constant" || !isScalar(node.shape)) leaves.push(node);
  }
  return leaves;
}

/** Places each part of each leaf: constants once, what the engine computes as its outputs `computed`. */
function placeLeaves(leaves: readonly Node[]) {
  const writes: View[] = [];
  const fixed: FixedValues[] = [];
  const computed: Output[] = [];
  for (const vector of leaves) {
    let offset = 0;
    for (const part of isJoin(vector) ? vector.inputs : [vector]) {
      if (part.op === "constant") fixed.push({ vector, offset, values: part.values });
      else {
        const name = `leaf ${computed.length}`;
        const node = withoutReshape(part);
        writes.push({ name, vector, offset, shape: node.shape });
        computed.push({ name, node });
      }
      offset += elementCount(part.shape);
    }
  }
  return { writes, fixed, computed };
}

/** Whether a vector is joined from parts, such as a network's gradient from those of its layers. */
function isJoin(node: Node): boolean {
  return node.op === "concat" && node.shape.length === 1;
}

/** A value with the same elements in a shape that needs no reshape. */
function withoutReshape(node: Node): Node {
  if (node.op === "reshape") return withoutReshape(node.inputs[0]);
  if (node.op === "sum" && !node.keepDims)
    return reduce("sum", node.inputs[0], { axis: node.axes, keepDims: true });
  return node;
}

/** Replaces state vectors, and reshaped slices of them, by inputs of the engine. */
function openViews(outputs: readonly Output[], isState: (node: InputNode) => boolean) {
  const viewed = new Map<string, { readonly node: InputNode; readonly view: View }>();
  const rewritten = new Map<Node, Node>();
  const rewrite = (node: Node): Node => {
    const view = viewOf(node, isState);
    if (view === undefined) return rebuild(node, (each) => rewritten.get(each) ?? each);
    const entry = viewed.get(view.name) ?? { node: input(view.name, view.shape), view };
    viewed.set(view.name, entry);
    return entry.node;
  };
  const roots = outputs.map(({ node }) => node);
  for (const node of topologicalOrder(roots)) rewritten.set(node, rewrite(node));
  const results = outputs.map(({ name, node }) => ({ name, node: rewritten.get(node) ?? node }));
  const used = new Set(topologicalOrder(results.map(({ node }) => node)));
  return { reads: [...viewed.values()].filter(({ node }) => used.has(node)), outputs: results };
}

/** The view that a node is: a state vector, or a slice of one, reshaped or not. */
function viewOf(node: Node, isState: (node: InputNode) => boolean): View | undefined {
  const { shape } = node;
  const flat = node.op === "reshape" ? node.inputs[0] : node;
  const [vector, offset] = flat.op === "slice" ? [flat.inputs[0], flat.start] : [flat, 0];
  if (vector.op !== "input" || !isState(vector)) return undefined;
  // A slice of a matrix is contiguous along the first axis only.
  if (vector.shape.length !== 1 && vector !== flat) return undefined;
  return { name: `${vector.name}[${offset}]:${shape}`, vector, offset, shape };
}
