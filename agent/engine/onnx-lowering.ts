/**
 * @file Lowers a program to an ONNX graph.
 *
 * Some operations are lowered to forms that ONNX Runtime's CPU kernels run faster (measured with bench/update.ts);
 * comments mark them.
 */

import { internal } from "../../shared/errors.ts";
import {
  type MatMulNode,
  type Node,
  type ReduceNode,
  type RowNode,
  type SliceNode,
  sameShape,
  sizeAt,
  topologicalOrder,
} from "../graph/node.ts";
import { filled } from "../graph/ops.ts";
import { type Program, rootsOf } from "../graph/program.ts";
import { type Fusions, findFusions } from "./onnx-fusions.ts";
import type { Attribute, Initializer, OnnxGraph, OnnxNode } from "./onnx-model.ts";
import { BINARY, REDUCE, UNARY } from "./onnx-operators.ts";

/** The graph input for a feed or state vector. */
export const inputName = (name: string) => `in/${name}`;
/** The graph output for the next value of a state vector. */
export const nextName = (name: string) => `next/${name}`;
/** The graph output for an output of the program. */
export const outputName = (name: string) => `out/${name}`;

/** The ONNX graph of a program: inputs are state and feeds, outputs are the next state and the outputs. */
export function lower(program: Program): OnnxGraph {
  const lowering = new Lowering(rootsOf(program));
  const results = [
    ...program.state.map(({ current, next }) => ({ name: nextName(current.name), node: next })),
    ...program.outputs.map(({ name, node }) => ({ name: outputName(name), node })),
  ];
  for (const { name, node } of results) lowering.reserve(node, name);
  for (const node of topologicalOrder(rootsOf(program))) lowering.emit(node);
  for (const { name, node } of results) lowering.copyTo(node, name);
  return {
    nodes: lowering.nodes,
    initializers: lowering.initializers,
    inputs: [...program.state.map(({ current }) => current), ...program.feeds].map(({ name, shape }) => ({
      name: inputName(name),
      shape,
    })),
    outputs: results.map(({ name, node }) => ({ name, shape: node.shape })),
  };
}

/** ONNX's codes of element types, for Cast. */
const CAST_TO_FLOAT = 1;
const CAST_TO_BOOL = 9;

/** With this slope α, HardSigmoid(x) = min(max(αx + β, 0), 1) is 1 for every normal x > 0, and 0 for x ≤ 0. */
const STEP_SLOPE: Attribute = { float: 3e38 };
const ZERO: Attribute = { float: 0 };

class Lowering {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #names = new Map<Node, string>();
  /** Names of results, reserved for the nodes that compute them. */
  readonly #reserved = new Map<Node, string>();
  /** Comparisons as ONNX booleans, before the cast to 0 and 1. */
  readonly #booleans = new Map<Node, string>();
  readonly #constants = new Map<string, string>();
  readonly #fusions: Fusions;
  #count = 0;

  constructor(roots: readonly Node[]) {
    this.#fusions = findFusions(roots);
  }

  /** Makes a node compute its value under a result's name, which saves a copy. */
  reserve(node: Node, name: string): void {
    if (node.op !== "input" && node.op !== "constant" && !this.#reserved.has(node))
      this.#reserved.set(node, name);
  }

  /** Copies a value to a result's name, unless it was computed under that name. */
  copyTo(node: Node, name: string): void {
    const from = this.#nameOf(node);
    if (from !== name) this.#push("Identity", [from], {}, name);
  }

  emit(node: Node): void {
    switch (node.op) {
      case "input":
        this.#names.set(node, inputName(node.name));
        return;
      case "stopGradient":
        this.#make(node, "Identity", node.inputs);
        return;
      case "square":
        this.#make(node, "Mul", [node.inputs[0], node.inputs[0]]);
        return;
      case "clip":
        this.#make(node, "Clip", node.inputs, {}, [this.#float(node.low), this.#float(node.high)]);
        return;
      case "constant":
      case "greater":
      case "less":
        // Emitted on first use: some constants have none, and a comparison needs only its boolean or its float.
        return;
      case "add":
        this.#emitAdd(node, node.inputs);
        return;
      case "mul":
        if (!this.#fusions.withGain.has(node)) this.#make(node, "Mul", node.inputs);
        return;
      case "sub":
      case "div":
      case "min":
      case "max":
        this.#make(node, BINARY[node.op], node.inputs);
        return;
      case "select": {
        const [condition, yes, no] = node.inputs;
        if (isPositive(condition) && isZero(no)) {
          // ReLU's gradient. Faster: a quarter of the time of Greater and Where.
          this.#make(node, "Mul", [condition, yes]);
          return;
        }
        const names = [this.#booleanOf(condition), this.#nameOf(yes), this.#nameOf(no)];
        this.#push("Where", names, {}, this.#assignName(node));
        return;
      }
      case "matMul":
        if (!this.#fusions.withBias.has(node)) this.#emitMatMul(node);
        return;
      case "concat":
        this.#make(node, "Concat", node.inputs, { axis: node.axis });
        return;
      case "slice":
        if (!this.#names.has(node)) this.#emitSlice(node);
        return;
      case "reshape":
        this.#make(node, "Reshape", node.inputs, {}, [this.#integers(node.shape)]);
        return;
      case "broadcast":
        this.#make(node, "Expand", node.inputs, {}, [this.#integers(node.shape)]);
        return;
      case "sum":
      case "mean":
      case "reduceMin":
      case "reduceMax":
        this.#emitReduce(node);
        return;
      case "standardize":
      case "inverseStd":
        if (!this.#names.has(node) && !this.#fusions.withGain.has(node)) this.#emitRows(node);
        return;
      default:
        this.#make(node, UNARY[node.op], node.inputs);
    }
  }

  #emitMatMul(node: MatMulNode): void {
    if (node.transposeA || node.transposeB) this.#make(node, "Gemm", node.inputs, transposes(node));
    else this.#make(node, "MatMul", node.inputs);
  }

  #emitAdd(node: Node, [a, b]: readonly [Node, Node]): void {
    if (a.op === "matMul" && this.#fusions.withBias.has(a))
      this.#make(node, "Gemm", [...a.inputs, b], transposes(a));
    else if (a.op === "mul" && a.inputs[0].op === "standardize" && this.#fusions.withGain.has(a)) {
      const [normal, gain] = a.inputs;
      const [x] = normal.inputs;
      this.#pushLayerNorm(x, [gain, b], normal.epsilon, [this.#assignName(node)]);
    } else this.#make(node, "Add", [a, b]);
  }

  #emitReduce(node: ReduceNode): void {
    const [x] = node.inputs;
    const [rows] = x.shape;
    if (node.op === "sum" && rows !== undefined && x.shape.length === 2 && node.axes.join() === "0") {
      // A bias's gradient. Faster: a row of ones times the matrix instead of ReduceSum down the columns.
      const ones = this.#floats(new Float32Array(rows).fill(1), [1, rows]);
      if (node.keepDims) {
        this.#push("MatMul", [ones, this.#nameOf(x)], {}, this.#assignName(node));
        return;
      }
      const row = this.#freshName();
      this.#push("MatMul", [ones, this.#nameOf(x)], {}, row);
      this.#push("Reshape", [row, this.#integers(node.shape)], {}, this.#assignName(node));
      return;
    }
    const attributes = { keepdims: Number(node.keepDims) };
    this.#make(node, REDUCE[node.op], [x], attributes, [this.#integers(node.axes)]);
  }

  /** Emits both row operations as one LayerNormalization, whose third output is 1 / standard deviation. */
  #emitRows({ inputs: [x], epsilon }: RowNode): void {
    const outputs = ["standardize", "inverseStd"].map((op) => {
      const node = this.#fusions.rows.get(x)?.find((each) => each.op === op && each.epsilon === epsilon);
      return node === undefined ? this.#freshName() : this.#assignName(node);
    });
    const [normal = "", inverse = ""] = outputs;
    const size = sizeAt(x.shape, x.shape.length - 1);
    this.#pushLayerNorm(x, [filled(1, [size])], epsilon, [normal, "", inverse]);
  }

  #pushLayerNorm(x: Node, scale: readonly Node[], epsilon: number, outputs: readonly string[]): void {
    const inputs = [x, ...scale].map((each) => this.#nameOf(each));
    const attributes = { axis: x.shape.length - 1, epsilon: { float: epsilon } };
    this.nodes.push({ opType: "LayerNormalization", inputs, outputs, attributes });
  }

  /** Emits slices that tile their source, such as those of a flat vector, as one Split. */
  #emitSlice(node: SliceNode): void {
    const [x] = node.inputs;
    const siblings = (this.#fusions.slices.get(x) ?? [])
      .filter(({ axis }) => axis === node.axis)
      .toSorted((a, b) => a.start - b.start);
    const ends = siblings.map(({ end }) => end);
    const tiles = siblings.every(({ start }, i) => start === (i === 0 ? 0 : ends[i - 1]));
    if (tiles && siblings.length > 1 && ends.at(-1) === x.shape[node.axis]) {
      const sizes = this.#integers(siblings.map(({ start, end }) => end - start));
      const outputs = siblings.map((each) => this.#assignName(each));
      const inputs = [this.#nameOf(x), sizes];
      this.nodes.push({ opType: "Split", inputs, outputs, attributes: { axis: node.axis } });
      return;
    }
    const range = [[node.start], [node.end], [node.axis]].map((each) => this.#integers(each));
    this.#make(node, "Slice", [x], {}, range);
  }

  /** Emits one ONNX node for a node; `more` are names of further inputs. */
  #make(
    node: Node,
    opType: string,
    inputs: readonly Node[],
    attributes: OnnxNode["attributes"] = {},
    more: readonly string[] = [],
  ): void {
    const names = inputs.map((each) => this.#nameOf(each));
    this.#push(opType, [...names, ...more], attributes, this.#assignName(node));
  }

  #push(opType: string, inputs: readonly string[], attributes: OnnxNode["attributes"], output: string): void {
    this.nodes.push({ opType, inputs, outputs: [output], attributes });
  }

  /** Chooses the name of a node's value. */
  #assignName(node: Node): string {
    const name = this.#reserved.get(node) ?? this.#freshName();
    this.#names.set(node, name);
    return name;
  }

  #freshName(): string {
    this.#count++;
    return `v${this.#count}`;
  }

  #nameOf(node: Node): string {
    const name = this.#names.get(node);
    if (name !== undefined) return name;
    if (node.op === "constant") return this.#floats(node.values, node.shape);
    if (node.op !== "greater" && node.op !== "less")
      throw internal(`onnx: ${node.op} is used before it is computed`);
    if (isPositive(node))
      this.#make(node, "HardSigmoid", [node.inputs[0]], { alpha: STEP_SLOPE, beta: ZERO });
    else this.#push("Cast", [this.#booleanOf(node)], { to: CAST_TO_FLOAT }, this.#assignName(node));
    return this.#nameOf(node);
  }

  #booleanOf(node: Node): string {
    let name = this.#booleans.get(node);
    if (name !== undefined) return name;
    name = this.#freshName();
    if (node.op === "greater" || node.op === "less") {
      const operands = node.inputs.map((each) => this.#nameOf(each));
      this.#push(BINARY[node.op], operands, {}, name);
    } else this.#push("Cast", [this.#nameOf(node)], { to: CAST_TO_BOOL }, name);
    this.#booleans.set(node, name);
    return name;
  }

  #float(value: number): string {
    return this.#floats(Float32Array.of(value), []);
  }

  #floats(values: Float32Array, shape: readonly number[]): string {
    return this.#initializer(`f${shape.join("x")}:${values.join()}`, shape, values);
  }

  #integers(values: readonly number[]): string {
    return this.#initializer(`i${values.join()}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  #initializer(key: string, shape: readonly number[], values: Initializer["values"]): string {
    let name = this.#constants.get(key);
    if (name === undefined) {
      name = `c${this.#constants.size}`;
      this.#constants.set(key, name);
      this.initializers.push({ name, shape, values });
    }
    return name;
  }
}

/** Whether a node is `greater(x, 0)`. */
function isPositive(node: Node): boolean {
  return node.op === "greater" && isZero(node.inputs[1]) && sameShape(node.inputs[0].shape, node.shape);
}

function isZero(node: Node): boolean {
  return node.op === "constant" && node.shape.length === 0 && node.values[0] === 0;
}

function transposes({ transposeA, transposeB }: MatMulNode): OnnxNode["attributes"] {
  return { transA: Number(transposeA), transB: Number(transposeB) };
}
