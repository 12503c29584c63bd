/**
 * @file Reverse-mode differentiation as a transformation of the graph: nodes in, nodes out.
 *
 * Kinks are settled as TensorFlow settles them: relu and abs have gradient 0 at 0, clip passes its
 * gradient on the closed range; min and max pass it to the chosen side, to the first on a tie.
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
 * The derivatives of a scalar by each of some nodes.
 *
 * They are nodes themselves, so they can be differentiated again. Where the loss does not depend on a
 * node, or only through stopGradient, the derivative is a constant of zeros.
 *
 * @param loss one number, of any rank
 * @param wrt  any nodes, not only inputs
 * @returns one node for each of `wrt`, in its shape
 * @throws a fault of ours if the loss has more than one number
 */
export function gradients(loss: Node, wrt: readonly Node[]): Node[] {
  if (elementCount(loss.shape) !== 1) {
    throw internal(`gradients: expected a loss of one number, got ${showShape(loss.shape)}`);
  }
  const order = topologicalOrder([loss]);
  const wanted = new Set(wrt);
  // Only nodes between `wrt` and the loss matter: an actor's loss goes through the critic without asking for its weights' gradients.
  const relevant = new Set<Node>();
  for (const node of order) {
    const flows = node.op !== "stopGradient" && node.inputs.some((each) => relevant.has(each));
    if (wanted.has(node) || flows) relevant.add(node);
  }
  const adjoints = new Map<Node, Adjoint>([[loss, { whole: filled(1, loss.shape), parts: [] }]]);
  const found = new Map<Node, Node>();
  for (const node of order.toReversed()) {
    const adjoint = adjoints.get(node);
    if (adjoint === undefined || !relevant.has(node)) continue;
    const gradient = gather(adjoint, node.shape);
    found.set(node, gradient);
    if (node.op === "slice") {
      const [x] = node.inputs;
      if (relevant.has(x)) adjointOf(adjoints, x).parts.push({ slice: node, gradient });
      continue;
    }
    const backward = inputGradients(node, gradient);
    node.inputs.forEach((each, i) => {
      const contribution = backward[i];
      if (contribution === undefined || !relevant.has(each)) return;
      const target = adjointOf(adjoints, each);
      const local = contribution();
      target.whole = target.whole === undefined ? local : add(target.whole, local);
    });
  }
  return wrt.map((node) => found.get(node) ?? filled(0, node.shape));
}

/** What has flowed back to a node so far: into all of it, and into slices of it. */
interface Adjoint {
  whole: Node | undefined;
  readonly parts: { readonly slice: SliceNode; readonly gradient: Node }[];
}

function adjointOf(adjoints: Map<Node, Adjoint>, node: Node): Adjoint {
  let adjoint = adjoints.get(node);
  if (adjoint === undefined) {
    adjoint = { whole: undefined, parts: [] };
    adjoints.set(node, adjoint);
  }
  return adjoint;
}

/** One node for all that has flowed back; a vector opened into slices closes with one concat for each axis. */
function gather({ whole, parts }: Adjoint, shape: Shape): Node {
  let total = whole;
  let rest = parts;
  for (let first = rest[0]; first !== undefined; first = rest[0]) {
    const { joined, left } = joinSlices(rest, first.slice.axis, shape);
    total = total === undefined ? joined : add(total, joined);
    rest = left;
  }
  if (total === undefined) throw internal("gradients: a node on the way has no gradient");
  return total;
}

/** Lays gradients of slices side by side along an axis, zeros in between; what overlaps is left for another round. */
function joinSlices(
  parts: Adjoint["parts"],
  axis: number,
  shape: Shape,
): { joined: Node; left: Adjoint["parts"] } {
  const sums = new Map<string, Adjoint["parts"][number]>();
  for (const part of parts) {
    const key = `${part.slice.axis}:${part.slice.start}:${part.slice.end}`;
    const same = sums.get(key);
    sums.set(key, same === undefined ? part : { ...same, gradient: add(same.gradient, part.gradient) });
  }
  const inOrder = [...sums.values()].sort((a, b) => a.slice.start - b.slice.start);
  const left: Adjoint["parts"] = [];
  const pieces: Node[] = [];
  let reached = 0;
  const fillTo = (start: number) => {
    if (start > reached)
      pieces.push(
        filled(
          0,
          shape.map((size, i) => (i === axis ? start - reached : size)),
        ),
      );
  };
  for (const part of inOrder) {
    if (part.slice.axis !== axis || part.slice.start < reached) {
      left.push(part);
      continue;
    }
    fillTo(part.slice.start);
    pieces.push(part.gradient);
    reached = part.slice.end;
  }
  fillTo(sizeAt(shape, axis));
  const [first] = pieces;
  return { joined: first !== undefined && pieces.length === 1 ? first : concat(pieces, axis), left };
}

/** For each input, how to build its share of the gradient, in the input's shape; none where nothing flows. */
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
      return [() => foldTo(g, node.inputs[0].shape), () => foldTo(g, node.inputs[1].shape)];
    case "sub":
      return [() => foldTo(g, node.inputs[0].shape), () => foldTo(neg(g), node.inputs[1].shape)];
    case "mul": {
      const [a, b] = node.inputs;
      return [() => foldTo(mul(g, b), a.shape), () => foldTo(mul(g, a), b.shape)];
    }
    case "div": {
      const [a, b] = node.inputs;
      return [() => foldTo(div(g, b), a.shape), () => foldTo(neg(div(mul(g, node), b)), b.shape)];
    }
    case "min":
    case "max": {
      const [a, b] = node.inputs;
      const second = () => (node.op === "min" ? greater(a, b) : less(a, b));
      return [() => foldTo(select(second(), 0, g), a.shape), () => foldTo(select(second(), g, 0), b.shape)];
    }
    case "select": {
      const [condition, yes, no] = node.inputs;
      return [
        undefined,
        () => foldTo(select(condition, g, 0), yes.shape),
        () => foldTo(select(condition, 0, g), no.shape),
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
      throw internal("gradients: slices are gathered, not differentiated one by one");
    case "reshape":
      return [() => reshape(g, node.inputs[0].shape)];
    case "broadcast":
      return [() => foldTo(g, node.inputs[0].shape)];
    case "sum":
    case "mean": {
      const [x] = node.inputs;
      const share = node.op === "sum" ? g : mul(g, elementCount(node.shape) / elementCount(x.shape));
      return [() => broadcastTo(reshape(share, unfolded(x.shape, node.axes)), x.shape)];
    }
    case "standardize": {
      const scale = perRow("inverseDeviation", node.inputs[0], node.epsilon);
      const byRow = { axis: -1, keepDims: true };
      const along = mul(node, mean(mul(g, node), byRow));
      return [() => mul(sub(sub(g, mean(g, byRow)), along), scale)];
    }
    case "inverseDeviation": {
      const [x] = node.inputs;
      const normal = perRow("standardize", x, node.epsilon);
      return [() => mul(mul(mul(g, square(node)), -1 / sizeAt(x.shape, x.shape.length - 1)), normal)];
    }
    case "reduceMin":
    case "reduceMax": {
      const [x] = node.inputs;
      const kept = unfolded(x.shape, node.axes);
      const beyond = node.op === "reduceMin" ? greater : less;
      return [
        () => {
          const chosen = select(beyond(x, reshape(node, kept)), 0, constant(1));
          const count = sum(chosen, { axis: node.axes, keepDims: true });
          return mul(chosen, div(reshape(g, kept), count));
        },
      ];
    }
  }
}

/** The shape with the folded axes kept at size 1. */
function unfolded(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((size, i) => (axes.includes(i) ? 1 : size));
}

/** Undoes a broadcast: sums a gradient down to the shape that was repeated. */
function foldTo(g: Node, shape: Shape): Node {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape
    .map((_, i) => i)
    .filter((i) => i < extra || (shape[i - extra] === 1 && g.shape[i] !== 1));
  const folded = axes.length === 0 ? g : reduce("sum", g, { axis: axes });
  return sameShape(folded.shape, shape) ? folded : reshape(folded, shape);
}
