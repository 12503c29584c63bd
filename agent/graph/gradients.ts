/**
 * @file Reverse-mode differentiation as a transformation of the graph.
 *
 * Gradients at kinks are TensorFlow's: 0 for relu and abs at 0, 1 for clip at its bounds. min and max pass the
 * gradient to the chosen side, to the first on a tie.
 */

import { internal } from "../../shared/errors.ts";
import {
  elementCount,
  type Node,
  type Shape,
  type SliceNode,
  sameShape,
  showShape,
  sizeAt,
  topologicalOrder,
} from "./node.ts";
import {
  add,
  broadcastTo,
  concat,
  constant,
  div,
  filled,
  greater,
  less,
  matMul,
  mean,
  mul,
  neg,
  perRow,
  reduce,
  reshape,
  select,
  sigmoid,
  sign,
  slice,
  square,
  sub,
  sum,
} from "./ops.ts";

/**
 * The derivatives of a loss with respect to nodes.
 *
 * The derivatives are nodes, so they can be differentiated again. A node that the loss does not depend on, or only
 * through stopGradient, has a constant derivative of zeros.
 *
 * @param loss one number, of any rank
 * @param wrt  any nodes, not only inputs
 * @returns one node per node of `wrt`, in its shape
 * @throws an internal error if the loss has more than one number
 */
export function gradients(loss: Node, wrt: readonly Node[]): Node[] {
  if (elementCount(loss.shape) !== 1) {
    throw internal(`gradients: expected a loss of one number, got ${showShape(loss.shape)}`);
  }
  const order = topologicalOrder([loss]);
  const targets = new Set(wrt);
  // Only nodes between `wrt` and the loss: the actor's loss passes through the critic, but needs no gradient with
  // respect to the critic's weights.
  const relevant = new Set<Node>();
  for (const node of order) {
    const flows = node.op !== "stopGradient" && node.inputs.some((each) => relevant.has(each));
    if (targets.has(node) || flows) relevant.add(node);
  }
  const adjoints = new Map<Node, Adjoint>([[loss, { total: filled(1, loss.shape), slices: [] }]]);
  const found = new Map<Node, Node>();
  for (const node of order.toReversed()) {
    const adjoint = adjoints.get(node);
    if (adjoint === undefined || !relevant.has(node)) continue;
    const parts = targets.has(node) ? undefined : gradientsOfParts(node, adjoint);
    if (parts !== undefined) {
      for (const [part, gradient] of parts) if (relevant.has(part)) accumulate(adjoints, part, gradient);
      continue;
    }
    const gradient = gather(adjoint, node.shape);
    found.set(node, gradient);
    if (node.op === "slice") {
      const [x] = node.inputs;
      if (relevant.has(x)) adjointOf(adjoints, x).slices.push({ slice: node, gradient });
      continue;
    }
    const backward = inputGradients(node, gradient);
    node.inputs.forEach((each, i) => {
      const contribution = backward[i];
      if (contribution === undefined || !relevant.has(each)) return;
      accumulate(adjoints, each, contribution());
    });
  }
  return wrt.map((node) => found.get(node) ?? filled(0, node.shape));
}

/** The gradient accumulated at a node: of its complete value, and of slices of it. */
interface Adjoint {
  total: Node | undefined;
  readonly slices: { readonly slice: SliceNode; readonly gradient: Node }[];
}

function adjointOf(adjoints: Map<Node, Adjoint>, node: Node): Adjoint {
  let adjoint = adjoints.get(node);
  if (adjoint === undefined) {
    adjoint = { total: undefined, slices: [] };
    adjoints.set(node, adjoint);
  }
  return adjoint;
}

function accumulate(adjoints: Map<Node, Adjoint>, node: Node, gradient: Node): void {
  const target = adjointOf(adjoints, node);
  target.total = target.total === undefined ? gradient : add(target.total, gradient);
}

/**
 * The gradients of a concatenation's parts where only slices of it were used that are each one part; else undefined.
 *
 * Parts that were not used get none: with TD3, the actor's loss passes no zeros through the second critic.
 */
function gradientsOfParts(
  node: Node,
  { total, slices }: Adjoint,
): [part: Node, gradient: Node][] | undefined {
  if (node.op !== "concat" || total !== undefined) return undefined;
  let start = 0;
  const parts = node.inputs.map((part) => {
    const from = start;
    start += sizeAt(part.shape, node.axis);
    return { part, start: from, end: start };
  });
  const found: [Node, Node][] = [];
  for (const { slice, gradient } of slices) {
    const same = parts.find((part) => part.start === slice.start && part.end === slice.end);
    if (slice.axis !== node.axis || same === undefined) return undefined;
    found.push([same.part, gradient]);
  }
  return found;
}

/** The accumulated gradient as one node; the gradients of slices are joined by one concat per axis. */
function gather({ total: unsliced, slices }: Adjoint, shape: Shape): Node {
  let total = unsliced;
  let rest = slices;
  for (let first = rest[0]; first !== undefined; first = rest[0]) {
    const { joined, left } = joinSlices(rest, first.slice.axis, shape);
    total = total === undefined ? joined : add(total, joined);
    rest = left;
  }
  if (total === undefined) throw internal("gradients: a node between loss and input has no gradient");
  return total;
}

/** Concatenates gradients of slices along an axis, with zeros between them; `left` are slices that overlap others. */
function joinSlices(
  slices: Adjoint["slices"],
  axis: number,
  shape: Shape,
): { joined: Node; left: Adjoint["slices"] } {
  const sums = new Map<string, Adjoint["slices"][number]>();
  for (const each of slices) {
    const key = `${each.slice.axis}:${each.slice.start}:${each.slice.end}`;
    const same = sums.get(key);
    sums.set(key, same === undefined ? each : { ...same, gradient: add(same.gradient, each.gradient) });
  }
  const inOrder = [...sums.values()].sort((a, b) => a.slice.start - b.slice.start);
  const left: Adjoint["slices"] = [];
  const pieces: Node[] = [];
  let end = 0;
  const padTo = (start: number) => {
    if (start === end) return;
    const gap = shape.map((size, i) => (i === axis ? start - end : size));
    pieces.push(filled(0, gap));
  };
  for (const each of inOrder) {
    if (each.slice.axis !== axis || each.slice.start < end) {
      left.push(each);
      continue;
    }
    padTo(each.slice.start);
    pieces.push(each.gradient);
    end = each.slice.end;
  }
  padTo(sizeAt(shape, axis));
  const [first] = pieces;
  return { joined: first !== undefined && pieces.length === 1 ? first : concat(pieces, axis), left };
}

/** For each input, a function that builds its gradient in the input's shape; undefined where no gradient flows. */
function inputGradients(node: Node, g: Node): readonly ((() => Node) | undefined)[] {
  switch (node.op) {
    case "input":
    case "constant":
    case "stopGradient":
    case "sign":
    case "greater":
    case "less":
      return [];
    case "neg":
      return [() => neg(g)];
    case "relu":
      return [() => select(greater(node, 0), g, 0)];
    case "tanh":
      return [() => mul(g, sub(1, square(node)))];
    case "sigmoid":
      return [() => mul(g, mul(node, sub(1, node)))];
    case "softplus":
      return [() => mul(g, sigmoid(node.inputs[0]))];
    case "exp":
      return [() => mul(g, node)];
    case "log":
      return [() => div(g, node.inputs[0])];
    case "sqrt":
      return [() => div(mul(g, 0.5), node)];
    case "square":
      return [() => mul(mul(g, 2), node.inputs[0])];
    case "abs":
      return [() => mul(g, sign(node.inputs[0]))];
    case "clip": {
      const [x] = node.inputs;
      return [() => select(greater(x, node.high), 0, select(less(x, node.low), 0, g))];
    }
    case "add":
      return [() => sumTo(g, node.inputs[0].shape), () => sumTo(g, node.inputs[1].shape)];
    case "sub":
      return [() => sumTo(g, node.inputs[0].shape), () => sumTo(neg(g), node.inputs[1].shape)];
    case "mul": {
      const [a, b] = node.inputs;
      return [() => sumTo(mul(g, b), a.shape), () => sumTo(mul(g, a), b.shape)];
    }
    case "div": {
      const [a, b] = node.inputs;
      return [() => sumTo(div(g, b), a.shape), () => sumTo(neg(div(mul(g, node), b)), b.shape)];
    }
    case "min":
    case "max": {
      const [a, b] = node.inputs;
      const second = () => (node.op === "min" ? greater(a, b) : less(a, b));
      return [() => sumTo(select(second(), 0, g), a.shape), () => sumTo(select(second(), g, 0), b.shape)];
    }
    case "select": {
      const [condition, yes, no] = node.inputs;
      return [
        undefined,
        () => sumTo(select(condition, g, 0), yes.shape),
        () => sumTo(select(condition, 0, g), no.shape),
      ];
    }
    case "matMul": {
      const [a, b] = node.inputs;
      const { transposeA, transposeB } = node;
      return [
        () =>
          transposeA
            ? matMul(b, g, { transposeA: transposeB, transposeB: true })
            : matMul(g, b, { transposeB: !transposeB }),
        () =>
          transposeB
            ? matMul(g, a, { transposeA: true, transposeB: transposeA })
            : matMul(a, g, { transposeA: !transposeA }),
      ];
    }
    case "concat": {
      let start = 0;
      return node.inputs.map((part) => {
        const from = start;
        start += sizeAt(part.shape, node.axis);
        const to = start;
        return () => slice(g, node.axis, from, to);
      });
    }
    case "slice":
      throw internal("gradients: slices are joined by their source");
    case "reshape":
      return [() => reshape(g, node.inputs[0].shape)];
    case "broadcast":
      return [() => sumTo(g, node.inputs[0].shape)];
    case "sum":
    case "mean": {
      const [x] = node.inputs;
      const share = node.op === "sum" ? g : mul(g, elementCount(node.shape) / elementCount(x.shape));
      return [() => broadcastTo(reshape(share, keptShape(x.shape, node.axes)), x.shape)];
    }
    case "standardize": {
      const scale = perRow("inverseStd", node.inputs[0], node.epsilon);
      const perRowMean = { axis: -1, keepDims: true };
      const projection = mul(node, mean(mul(g, node), perRowMean));
      return [() => mul(sub(sub(g, mean(g, perRowMean)), projection), scale)];
    }
    case "inverseStd": {
      const [x] = node.inputs;
      const standardized = perRow("standardize", x, node.epsilon);
      return [() => mul(mul(mul(g, square(node)), -1 / sizeAt(x.shape, x.shape.length - 1)), standardized)];
    }
    case "reduceMin":
    case "reduceMax": {
      const [x] = node.inputs;
      const kept = keptShape(x.shape, node.axes);
      const isOther = node.op === "reduceMin" ? greater : less;
      return [
        () => {
          const chosen = select(isOther(x, reshape(node, kept)), 0, constant(1));
          const count = sum(chosen, { axis: node.axes, keepDims: true });
          return mul(chosen, div(reshape(g, kept), count));
        },
      ];
    }
  }
}

/** The shape with the reduced axes kept at size 1. */
function keptShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((size, i) => (axes.includes(i) ? 1 : size));
}

/** The gradient of a broadcast: sums over the broadcast axes, down to the original shape. */
function sumTo(g: Node, shape: Shape): Node {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape
    .map((_, i) => i)
    .filter((i) => i < extra || (shape[i - extra] === 1 && g.shape[i] !== 1));
  const summed = axes.length === 0 ? g : reduce("sum", g, { axis: axes });
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape);
}
