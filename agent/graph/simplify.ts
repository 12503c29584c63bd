/**
 * @file Rewrites a program into a smaller one that computes the same.
 *
 * What gradients() leaves behind: the same expression built twice, arithmetic on constants, values
 * repeated to a shape that broadcasting would give them anyway. Nodes that nothing needs fall away by
 * not being reached.
 */

import { evaluate } from "./evaluate.ts";
import {
  type BinaryNode,
  broadcastShape,
  elementCount,
  type Node,
  type Shape,
  sameShape,
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

/** The same program with fewer nodes; inputs stay the nodes they are. */
export function simplify(program: Program): Program {
  const rewrite = rewriter();
  for (const node of topologicalOrder(rootsOf(program))) rewrite(node);
  return {
    feeds: program.feeds,
    state: program.state.map((update) => ({ ...update, next: rewrite(update.next) })),
    outputs: program.outputs.map(({ name, node }) => ({ name, node: rewrite(node) })),
  };
}

/** A function from nodes to their simpler forms; it must meet a node's inputs before the node. */
function rewriter(): (node: Node) => Node {
  const done = new Map<Node, Node>();
  const known = new Map<string, Node>();
  const numbers = new Map<Node, number>();
  const numberOf = (node: Node) => {
    let number = numbers.get(node);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(node, number);
    }
    return number;
  };
  const unique = (node: Node): Node => {
    if (node.op === "input") return node;
    const { inputs, ...rest } = node;
    const values = node.op === "constant" ? node.values.join() : "";
    const key = `${JSON.stringify({ ...rest, values })}|${inputs.map(numberOf).join()}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    known.set(key, node);
    return node;
  };
  return (node) => {
    let result = done.get(node);
    if (result === undefined) {
      result = unique(
        reduceStrength(
          rebuild(node, (each) => done.get(each) ?? each),
          unique,
        ),
      );
      done.set(node, result);
    }
    return result;
  };
}

/** The same operation on the rewritten inputs. */
function rebuild(node: Node, to: (node: Node) => Node): Node {
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
    case "sum":
    case "mean":
    case "reduceMin":
    case "reduceMax":
      return reduce(node.op, to(node.inputs[0]), { axis: node.axes, keepDims: node.keepDims });
    case "standardize":
    case "inverseDeviation":
      return perRow(node.op, to(node.inputs[0]), node.epsilon);
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "min":
    case "max":
    case "greater":
    case "less":
      return binary(node.op, to(node.inputs[0]), to(node.inputs[1]));
    default:
      return unary(node.op, to(node.inputs[0]));
  }
}

/** Constants are folded up to this many numbers; larger ones would only make the model larger. */
const LARGEST_FOLDED = 4096;

/** The node, or a cheaper one with the same value and shape; its inputs are in their final form. */
function reduceStrength(node: Node, unique: (node: Node) => Node): Node {
  const foldable = node.inputs.length > 0 && elementCount(node.shape) <= LARGEST_FOLDED;
  if (foldable && node.inputs.every(({ op }) => op === "constant")) {
    const [value] = evaluate([node]);
    if (value !== undefined) return constant(value, node.shape);
  }
  switch (node.op) {
    case "stopGradient":
      return node.inputs[0];
    case "reshape": {
      const [x] = node.inputs;
      return reshaped(x.op === "reshape" ? x.inputs[0] : x, node.shape);
    }
    case "broadcast": {
      const [x] = node.inputs;
      return sameShape(x.shape, node.shape) ? x : node;
    }
    case "matMul": {
      // An outer product is a multiplication that broadcasts; a matrix kernel gains nothing on it.
      const [a, b] = node.inputs;
      const [rows, columns] = [elementCount(a.shape), elementCount(b.shape)];
      if (rows !== node.shape[0]) return node;
      return mul(unique(reshaped(a, [rows, 1])), unique(reshaped(b, [1, columns])));
    }
    case "select": {
      const [condition, yes, no] = node.inputs;
      const slim = select(unique(small(condition)), unique(small(yes)), unique(small(no)));
      return sameShape(slim.shape, node.shape) ? slim : node;
    }
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "min":
    case "max":
    case "greater":
    case "less":
      return simplifyBinary(node, unique);
    default:
      return node;
  }
}

function simplifyBinary(node: BinaryNode, unique: (node: Node) => Node): Node {
  const { op, shape } = node;
  let [a, b] = node.inputs;
  for (const [left, right] of [
    [small(a), small(b)],
    [a, small(b)],
    [small(a), b],
  ] as const) {
    const reached = broadcastShape(left.shape, right.shape);
    if (reached !== undefined && sameShape(reached, shape)) {
      [a, b] = [unique(left), unique(right)];
      break;
    }
  }
  // A number is always the second operand of a product, so that numbers meet.
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
  return sameShape(x.shape, shape) ? x : reshape(x, shape);
}

/** A value before it was repeated, where broadcasting repeats it again. */
function small(node: Node): Node {
  if (node.op === "broadcast") return node.inputs[0];
  if (node.op === "constant" && node.shape.length > 0) {
    const [first] = node.values;
    if (first !== undefined && node.values.every((value) => Object.is(value, first))) return constant(first);
  }
  return node;
}

/** The number that a node always is, or undefined. */
function scalar(node: Node): number | undefined {
  return node.op === "constant" && node.shape.length === 0 ? node.values[0] : undefined;
}
