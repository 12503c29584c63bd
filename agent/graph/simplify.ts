/**
 * @file Rewrites a program into an equivalent smaller one.
 *
 * It removes what gradients() produces: common subexpressions, arithmetic on constants, and explicit broadcasts that
 * are implied anyway. Unused nodes are dropped because no root reaches them.
 */

import { evaluate } from "./evaluate.ts";
import {
  type BinaryNode,
  broadcastShape,
  elementCount,
  isBinary,
  isReduction,
  type Node,
  type Shape,
  type SliceNode,
  sameShape,
  sizeAt,
  topologicalOrder,
} from "./node.ts";
import {
  binary,
  broadcastTo,
  clip,
  concat,
  constant,
  matMul,
  mul,
  perRow,
  reduce,
  reshape,
  select,
  slice,
  unary,
} from "./ops.ts";
import { type Program, rootsOf } from "./program.ts";

/** The same program with fewer nodes; input nodes stay the same objects. */
export function simplify(program: Program): Program {
  const rewrite = rewriter();
  for (const node of topologicalOrder(rootsOf(program))) rewrite(node);
  return {
    feeds: program.feeds,
    state: program.state.map((update) => ({ ...update, next: rewrite(update.next) })),
    outputs: program.outputs.map(({ name, node }) => ({ name, node: rewrite(node) })),
  };
}

/** A function from nodes to their simplified forms; call it in topological order. */
function rewriter(): (node: Node) => Node {
  const rewritten = new Map<Node, Node>();
  const nodesByKey = new Map<string, Node>();
  const ids = new Map<Node, number>();
  const idOf = (node: Node) => {
    let id = ids.get(node);
    if (id === undefined) {
      id = ids.size;
      ids.set(node, id);
    }
    return id;
  };
  const unique = (node: Node): Node => {
    if (node.op === "input") return node;
    const { inputs, ...rest } = node;
    const values = node.op === "constant" ? node.values.join() : "";
    const key = `${JSON.stringify({ ...rest, values })}|${inputs.map(idOf).join()}`;
    const same = nodesByKey.get(key);
    if (same !== undefined) return same;
    nodesByKey.set(key, node);
    return node;
  };
  return (node) => {
    let result = rewritten.get(node);
    if (result === undefined) {
      const rebuilt = rebuild(node, (each) => rewritten.get(each) ?? each);
      result = unique(reduceStrength(rebuilt, unique));
      rewritten.set(node, result);
    }
    return result;
  };
}

/** The same operation on rewritten inputs. */
export function rebuild(node: Node, to: (node: Node) => Node): Node {
  if (isBinary(node)) return binary(node.op, to(node.inputs[0]), to(node.inputs[1]));
  if (isReduction(node))
    return reduce(node.op, to(node.inputs[0]), { axis: node.axes, keepDims: node.keepDims });
  switch (node.op) {
    case "input":
    case "constant":
      return node;
    case "clip":
      return clip(to(node.inputs[0]), node.low, node.high);
    case "select":
      return select(to(node.inputs[0]), to(node.inputs[1]), to(node.inputs[2]));
    case "matMul":
      return matMul(to(node.inputs[0]), to(node.inputs[1]), node);
    case "concat":
      return concat(node.inputs.map(to), node.axis);
    case "slice":
      return slice(to(node.inputs[0]), node.axis, node.start, node.end);
    case "reshape":
      return reshape(to(node.inputs[0]), node.shape);
    case "broadcast":
      return broadcastTo(to(node.inputs[0]), node.shape);
    case "standardize":
    case "inverseStd":
      return perRow(node.op, to(node.inputs[0]), node.epsilon);
    default:
      return unary(node.op, to(node.inputs[0]));
  }
}

/** Constants are folded up to this size; larger ones would enlarge the model. */
const MAX_FOLDED_SIZE = 4096;

/** The node, or a cheaper one with the same value and shape; its inputs are already simplified. */
function reduceStrength(node: Node, unique: (node: Node) => Node): Node {
  const foldable = node.inputs.length > 0 && elementCount(node.shape) <= MAX_FOLDED_SIZE;
  if (foldable && node.inputs.every(({ op }) => op === "constant")) {
    const [value] = evaluate([node]);
    if (value !== undefined) return constant(value, node.shape);
  }
  if (isBinary(node)) return simplifyBinary(node, unique);
  switch (node.op) {
    case "stopGradient":
      return node.inputs[0];
    case "reshape":
      return reshaped(node.inputs[0], node.shape);
    case "slice":
      return simplifySlice(node, unique);
    case "broadcast": {
      const [x] = node.inputs;
      return sameShape(x.shape, node.shape) ? x : node;
    }
    case "matMul": {
      // An outer product is a broadcasting multiplication, for which a matrix kernel is no faster.
      const [a, b] = node.inputs;
      const [rows, columns] = [elementCount(a.shape), elementCount(b.shape)];
      if (rows !== node.shape[0]) return node;
      return mul(unique(reshaped(a, [rows, 1])), unique(reshaped(b, [1, columns])));
    }
    case "select": {
      const [condition, yes, no] = node.inputs;
      const reduced = select(
        unique(unbroadcast(condition)),
        unique(unbroadcast(yes)),
        unique(unbroadcast(no)),
      );
      return sameShape(reduced.shape, node.shape) ? reduced : node;
    }
    default:
      return node;
  }
}

/** The part of a concatenation; a slice of the operands of a sum or a product, or of the vector that a matrix views. */
function simplifySlice(node: SliceNode, unique: (node: Node) => Node): Node {
  const {
    axis,
    start,
    end,
    inputs: [x],
  } = node;
  const part = (of: Node, along = axis, from = start, to = end) =>
    unique(simplifySlice(slice(of, along, from, to), unique));
  switch (x.op) {
    case "slice":
      return x.axis === axis ? part(x.inputs[0], axis, x.start + start, x.start + end) : node;
    case "reshape": {
      const [vector] = x.inputs;
      if (axis !== 0 || vector.shape.length !== 1) return node;
      const size = elementCount(x.shape.slice(1));
      return reshape(part(vector, 0, start * size, end * size), node.shape);
    }
    case "concat": {
      let offset = 0;
      for (const each of x.inputs) {
        const size = sizeAt(each.shape, x.axis);
        if (x.axis === axis && start === offset && end === offset + size) return each;
        offset += size;
      }
      return node;
    }
    case "add": {
      const [a, b] = x.inputs;
      return sameShape(a.shape, b.shape) ? binary("add", part(a), part(b)) : node;
    }
    case "matMul": {
      const [a, b] = x.inputs;
      if (axis === 0) return matMul(part(a, x.transposeA ? 1 : 0), b, x);
      return matMul(a, part(b, x.transposeB ? 0 : 1), x);
    }
    default:
      return node;
  }
}

function simplifyBinary(node: BinaryNode, unique: (node: Node) => Node): Node {
  const { op, shape } = node;
  let [a, b] = node.inputs;
  for (const [left, right] of [
    [unbroadcast(a), unbroadcast(b)],
    [a, unbroadcast(b)],
    [unbroadcast(a), b],
  ] as const) {
    const common = broadcastShape(left.shape, right.shape);
    if (common !== undefined && sameShape(common, shape)) {
      [a, b] = [unique(left), unique(right)];
      break;
    }
  }
  // A scalar becomes the second operand of a product, so that successive scalars can be combined.
  if (op === "mul" && scalar(a) !== undefined && scalar(b) === undefined) [a, b] = [b, a];
  const factor = scalar(b);
  const neutral =
    (factor === 1 && (op === "mul" || op === "div")) || (factor === 0 && (op === "add" || op === "sub"));
  if (neutral && sameShape(a.shape, shape)) return a;
  if (op === "mul" && factor !== undefined && a.op === "mul") {
    const inner = scalar(a.inputs[1]);
    if (inner !== undefined) return mul(a.inputs[0], unique(constant(inner * factor)));
  }
  return binary(op, a, b);
}

function reshaped(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  return x.op === "reshape" ? reshaped(x.inputs[0], shape) : reshape(x, shape);
}

/** The value before an explicit broadcast; a scalar for a constant of one repeated number. */
function unbroadcast(node: Node): Node {
  if (node.op === "broadcast") return node.inputs[0];
  if (node.op === "constant" && node.shape.length > 0) {
    const [first] = node.values;
    if (first !== undefined && node.values.every((value) => Object.is(value, first))) return constant(first);
  }
  return node;
}

/** The number of a scalar constant, or undefined. */
function scalar(node: Node): number | undefined {
  return node.op === "constant" && node.shape.length === 0 ? node.values[0] : undefined;
}
