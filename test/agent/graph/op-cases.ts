/** @file Test cases for every operation of the graph, most with their TensorFlow.js equivalent. */

import type * as Tensorflow from "@tensorflow/tfjs";
import type { InputNode, Node, Shape } from "../../../agent/graph/node.ts";
import * as ops from "../../../agent/graph/ops.ts";
import { Rng } from "../../../shared/rng.ts";

type Tf = typeof Tensorflow;

export interface OpCase {
  readonly name: string;
  readonly shapes: readonly Shape[];
  /** Whether inputs are drawn from [0.5, 2] instead of [−2, 2]: for operations undefined below 0 or steep at 0. */
  readonly positive?: boolean;
  readonly build: (...x: Node[]) => Node;
  /** The same in TensorFlow.js; absent if it has no equivalent or no gradient. */
  readonly tf?: (tf: Tf, ...x: Tensorflow.Tensor[]) => Tensorflow.Tensor;
}

export interface BuiltCase {
  readonly inputs: readonly InputNode[];
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly result: Node;
}

/** Builds a case with seeded values for its inputs; the seeds in use have no value at a kink. */
export function buildCase(opCase: OpCase, seed: number): BuiltCase {
  const rng = Rng.fromSeed(seed).fork(opCase.name);
  const inputs = opCase.shapes.map((shape, i) => ops.input(`x${i}`, shape));
  const [low, high] = opCase.positive ? [0.5, 2] : [-2, 2];
  const values = Object.fromEntries(
    inputs.map(({ name, shape }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return [name, Float32Array.from({ length: count }, () => rng.uniformIn(low, high))];
    }),
  );
  return { inputs, values, result: opCase.build(...inputs) };
}

const elementwise = ["neg", "relu", "tanh", "sigmoid", "softplus", "exp", "square", "abs", "sign"] as const;
const onPositive = ["log", "sqrt"] as const;
const pairs: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
];
const arithmetic = ["add", "sub", "mul", "div"] as const;
const choices = ["min", "max"] as const;
const transposes = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));

export const OP_CASES: readonly OpCase[] = [
  ...elementwise.map((op) => ({
    name: op,
    shapes: [[3, 5]],
    build: (x: Node) => ops.unary(op, x),
    tf: (tf: Tf, x: Tensorflow.Tensor) => tf[op](x),
  })),
  ...onPositive.map((op) => ({
    name: op,
    shapes: [[3, 5]],
    positive: true,
    build: (x: Node) => ops.unary(op, x),
    tf: (tf: Tf, x: Tensorflow.Tensor) => tf[op](x),
  })),
  ...pairs.flatMap((shapes) => [
    ...arithmetic.map((op) => ({
      name: `${op} [${shapes[0]}] [${shapes[1]}]`,
      shapes,
      positive: op === "div",
      build: (a: Node, b: Node) => ops.binary(op, a, b),
      tf: (tf: Tf, a: Tensorflow.Tensor, b: Tensorflow.Tensor) => tf[op](a, b),
    })),
    ...choices.map((op) => ({
      name: `${op} [${shapes[0]}] [${shapes[1]}]`,
      shapes,
      build: (a: Node, b: Node) => ops.binary(op, a, b),
      tf: (tf: Tf, a: Tensorflow.Tensor, b: Tensorflow.Tensor) => {
        // TensorFlow's minimum and maximum do not sum the gradient of a broadcast operand.
        const shape = tf.add(a, b).shape;
        const [left, right] = [tf.broadcastTo(a, shape), tf.broadcastTo(b, shape)];
        return op === "min" ? tf.minimum(left, right) : tf.maximum(left, right);
      },
    })),
  ]),
  {
    name: "clip",
    shapes: [[4, 6]],
    build: (x) => ops.clip(x, -1, 0.5),
    tf: (tf, x) => tf.clipByValue(x, -1, 0.5),
  },
  {
    name: "select by a comparison, broadcasting",
    shapes: [[3, 4], [4], [3, 1]],
    build: (c, a, b) => ops.select(ops.greater(c, b), a, b),
  },
  {
    name: "select of less, with a number on one side",
    shapes: [
      [3, 4],
      [3, 4],
    ],
    build: (c, a) => ops.select(ops.less(c, 0.25), 0, a),
  },
  {
    name: "select by numbers",
    shapes: [
      [3, 4],
      [3, 4],
    ],
    build: (a, b) => ops.select(ops.constant([0, 1, -2, 0]), a, b),
    tf: (tf, a, b) =>
      tf.where(
        tf
          .tensor2d([[0, 1, 1, 0]])
          .tile([3, 1])
          .cast("bool"),
        a,
        b,
      ),
  },
  {
    name: "comparisons used as numbers",
    shapes: [[3, 4], [4]],
    build: (a, b) => ops.add(ops.mul(ops.greater(a, b), a), ops.mul(ops.less(a, 0), ops.greater(b, 0))),
  },
  ...transposes.map(([transposeA, transposeB]) => ({
    name: `matMul ${transposeA ? "transposed" : "plain"} by ${transposeB ? "transposed" : "plain"}`,
    shapes: [transposeA ? [4, 3] : [3, 4], transposeB ? [5, 4] : [4, 5]],
    build: (a: Node, b: Node) => ops.matMul(a, b, { transposeA, transposeB }),
    tf: (tf: Tf, a: Tensorflow.Tensor, b: Tensorflow.Tensor) => tf.matMul(a, b, transposeA, transposeB),
  })),
  {
    name: "matMul of a column and a row",
    shapes: [
      [4, 1],
      [1, 3],
    ],
    build: (a, b) => ops.matMul(a, b),
    tf: (tf, a, b) => tf.matMul(a, b),
  },
  {
    name: "matMul with a bias",
    shapes: [[3, 4], [4, 2], [2]],
    build: (x, w, b) => ops.add(ops.matMul(x, w), b),
    tf: (tf, x, w, b) => tf.add(tf.matMul(x, w), b),
  },
  {
    name: "matMul with and without a bias",
    shapes: [[3, 4], [4, 2], [2]],
    build: (x, w, b) => ops.mul(ops.add(ops.matMul(x, w), b), ops.matMul(x, w)),
    tf: (tf, x, w, b) => tf.mul(tf.add(tf.matMul(x, w), b), tf.matMul(x, w)),
  },
  {
    name: "concat along the last axis",
    shapes: [
      [3, 2],
      [3, 1],
      [3, 4],
    ],
    build: (...parts) => ops.concat(parts, -1),
    tf: (tf, ...parts) => tf.concat(parts, 1),
  },
  {
    name: "concat of one node twice",
    shapes: [[2, 3]],
    build: (x) => ops.concat([x, ops.tanh(x), x], 0),
    tf: (tf, x) => tf.concat([x, tf.tanh(x), x], 0),
  },
  {
    name: "slice",
    shapes: [[5, 4]],
    build: (x) => ops.slice(x, 1, 1, 3),
    tf: (tf, x) => tf.slice(x, [0, 1], [5, 2]),
  },
  {
    name: "split into parts with different uses",
    shapes: [[7]],
    build: (x) => {
      const parts = ops.split(x, [2, 4, 1], 0);
      return ops.concat(
        [ops.square(ops.slice(x, 0, 0, 2)), ops.exp(ops.slice(x, 0, 2, 6)), ...parts.slice(2)],
        0,
      );
    },
    tf: (tf, x) =>
      tf.concat([tf.square(tf.slice(x, [0], [2])), tf.exp(tf.slice(x, [2], [4])), tf.slice(x, [6], [1])], 0),
  },
  {
    name: "overlapping slices of both axes with gaps",
    shapes: [[4, 5]],
    build: (x) =>
      ops.add(
        ops.mul(ops.slice(x, 0, 0, 2), ops.slice(x, 0, 1, 3)),
        ops.mul(ops.mean(ops.slice(x, 1, 2, 4)), ops.sum(x, { axis: 0 })),
      ),
    tf: (tf, x) =>
      tf.add(
        tf.mul(tf.slice(x, [0, 0], [2, 5]), tf.slice(x, [1, 0], [2, 5])),
        tf.mul(tf.mean(tf.slice(x, [0, 2], [4, 2])), tf.sum(x, 0)),
      ),
  },
  {
    name: "slices with a gap between them",
    shapes: [[5, 3]],
    build: (x) => ops.concat([ops.square(ops.slice(x, 0, 0, 2)), ops.slice(x, 0, 3, 5)], 0),
    tf: (tf, x) => tf.concat([tf.square(tf.slice(x, [0, 0], [2, 3])), tf.slice(x, [3, 0], [2, 3])], 0),
  },
  {
    name: "reshape",
    shapes: [[2, 6]],
    build: (x) => ops.mul(ops.reshape(x, [3, 4]), ops.constant([1, 2, 3, 4])),
    tf: (tf, x) => tf.mul(tf.reshape(x, [3, 4]), tf.tensor1d([1, 2, 3, 4])),
  },
  {
    name: "broadcastTo",
    shapes: [[3, 1]],
    build: (x) => ops.broadcastTo(ops.tanh(x), [2, 3, 4]),
    tf: (tf, x) => tf.broadcastTo(tf.tanh(x), [2, 3, 4]),
  },
  ...(["sum", "mean"] as const).flatMap((op) => [
    {
      name: `${op} of all`,
      shapes: [[3, 4]],
      build: (x: Node) => ops.reduce(op, x),
      tf: (tf: Tf, x: Tensorflow.Tensor) => tf[op](x),
    },
    {
      name: `${op} down the columns`,
      shapes: [[3, 4]],
      build: (x: Node) => ops.reduce(op, ops.square(x), { axis: 0 }),
      tf: (tf: Tf, x: Tensorflow.Tensor) => tf[op](tf.square(x), 0),
    },
    {
      name: `${op} down the columns, the axis kept`,
      shapes: [[3, 4]],
      build: (x: Node) => ops.mul(ops.reduce(op, x, { axis: 0, keepDims: true }), x),
      tf: (tf: Tf, x: Tensorflow.Tensor) => tf.mul(tf[op](x, 0, true), x),
    },
    {
      name: `${op} over two axes of three`,
      shapes: [[2, 3, 4]],
      build: (x: Node) => ops.reduce(op, ops.exp(x), { axis: [-1, 0] }),
      tf: (tf: Tf, x: Tensorflow.Tensor) => tf[op](tf.exp(x), [0, 2]),
    },
  ]),
  ...(["reduceMin", "reduceMax"] as const).flatMap((op) => [
    {
      name: `${op} across the rows`,
      shapes: [[3, 4]],
      build: (x: Node) => ops.reduce(op, x, { axis: 1 }),
      tf: (tf: Tf, x: Tensorflow.Tensor) => (op === "reduceMin" ? tf.min(x, 1) : tf.max(x, 1)),
    },
    {
      name: `${op} of all`,
      shapes: [[3, 4]],
      build: (x: Node) => ops.mul(ops.reduce(op, x), x),
      tf: (tf: Tf, x: Tensorflow.Tensor) => tf.mul(op === "reduceMin" ? tf.min(x) : tf.max(x), x),
    },
  ]),
  {
    name: "layerNorm",
    shapes: [[3, 6], [6], [6]],
    build: (x, gain, bias) => ops.layerNorm(x, gain, bias),
    tf: (tf, x, gain, bias) => {
      const { mean, variance } = tf.moments(x, 1, true);
      return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(gain).add(bias);
    },
  },
  {
    name: "layerNorm of rows far from 0",
    shapes: [[3, 6], [6], [6]],
    build: (x, gain, bias) => ops.layerNorm(ops.add(x, 50), gain, bias),
  },
  {
    name: "standardize with inverseStd",
    shapes: [[3, 6]],
    build: (x) => ops.mul(ops.perRow("standardize", x, 0.1), ops.perRow("inverseStd", x, 0.1)),
    tf: (tf, x) => {
      const { mean, variance } = tf.moments(x, 1, true);
      return x.sub(mean).div(variance.add(0.1));
    },
  },
  {
    name: "standardize with another epsilon and a gain that is used twice",
    shapes: [[3, 6], [6], [6]],
    build: (x, gain, bias) => {
      const scaled = ops.mul(ops.perRow("standardize", x, 0.5), gain);
      return ops.mul(ops.add(scaled, bias), ops.add(scaled, ops.perRow("inverseStd", x, 0.1)));
    },
  },
];
