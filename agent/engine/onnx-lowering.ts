/**
 * @file Lowers a program to an ONNX graph, in the forms that ONNX Runtime's CPU kernels run fastest.
 *
 * The forms that are not the obvious ones were measured (bench/update.ts); each says so where it stands.
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
import type { Attribute, Initializer, OnnxGraph, OnnxNode } from "./onnx-model.ts";
import { BINARY, REDUCE, UNARY } from "./onnx-operators.ts";

/** The name of the tensor that a program's input is fed through. */
export const inputName = (name: string) => `in/${name}`;
/** The name of the tensor that replaces a carried vector. */
export const nextName = (name: string) => `next/${name}`;
/** The name of a reported tensor. */
export const outputName = (name: string) => `out/${name}`;

/** The graph of a program: carried vectors and feeds go in, next vectors and outputs come out. */
export function lower(program: Program): OnnxGraph {
  const lowering = new Lowering(rootsOf(program));
  const results = [
    ...program.state.map(({ current, next }) => ({ name: nextName(current.name), node: next })),
    ...program.outputs.map(({ name, node }) => ({ name: outputName(name), node })),
  ];
  for (const { name, node } of results) lowering.claim(node, name);
  for (const node of topologicalOrder(rootsOf(program))) lowering.emit(node);
  for (const { name, node } of results) lowering.deliver(node, name);
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

/** ONNX's numbers for element types, as Cast wants them. */
const CAST_TO_FLOAT = 1;
const CAST_TO_BOOL = 9;

/** HardSigmoid(x) = min(max(αx + β, 0), 1) with this slope is 1 for every normal x > 0, and 0 for x ≤ 0. */
const STEEPEST: Attribute = { float: 3e38 };
const ZERO: Attribute = { float: 0 };

class Lowering {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #names = new Map<Node, string>();
  readonly #claimed = new Map<Node, string>();
  /** Comparisons as ONNX's booleans, before they are cast to 0 and 1. */
  readonly #booleans = new Map<Node, string>();
  readonly #constants = new Map<string, string>();
  /** Products that are emitted together with the bias added to them. */
  readonly #withBias = new Set<Node>();
  /** The slices that are taken of a node. */
  readonly #slices = new Map<Node, SliceNode[]>();
  /** What is asked of a node's rows. */
  readonly #rows = new Map<Node, RowNode[]>();
  /** Rows at deviation 1, and they times a gain, that are emitted together with the bias added to them. */
  readonly #withGain = new Set<Node>();
  #count = 0;

  constructor(roots: readonly Node[]) {
    const users = new Map<Node, number>();
    const order = topologicalOrder(roots);
    for (const node of [...order.flatMap(({ inputs }) => inputs), ...roots]) {
      users.set(node, (users.get(node) ?? 0) + 1);
    }
    for (const node of order) {
      const [x] = node.inputs;
      if (x === undefined) continue;
      if (node.op === "slice") this.#slices.set(x, [...(this.#slices.get(x) ?? []), node]);
      const bias = node.op === "add" && x.op === "matMul" && (node.inputs[1]?.shape.length ?? 2) <= 1;
      if (bias && users.get(x) === 1) this.#withBias.add(x);
      if (node.op === "standardize" || node.op === "inverseDeviation")
        this.#rows.set(x, [...(this.#rows.get(x) ?? []), node]);
      const [normal, gain] = x.inputs;
      const scaled = node.op === "add" && x.op === "mul" && normal?.op === "standardize";
      if (scaled && users.get(x) === 1 && users.get(normal) === 1 && gain?.shape.length === 1)
        this.#withGain.add(x).add(normal);
    }
  }

  /** Gives a node's value the name of a result from the start, which saves a copy at the end. */
  claim(node: Node, name: string): void {
    if (node.op !== "input" && node.op !== "constant" && !this.#claimed.has(node))
      this.#claimed.set(node, name);
  }

  /** Copies a value to a result's name, unless it was made under that name. */
  deliver(node: Node, name: string): void {
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
        // Made when asked for: some constants never are, and of a comparison only the boolean or only the float.
        return;
      case "add":
        this.#emitAdd(node, node.inputs);
        return;
      case "mul":
        if (!this.#withGain.has(node)) this.#make(node, "Mul", node.inputs);
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
          // ReLU's gradient: a quarter of the time that Greater and Where take.
          this.#make(node, "Mul", [condition, yes]);
          return;
        }
        const names = [this.#booleanOf(condition), this.#nameOf(yes), this.#nameOf(no)];
        this.#push("Where", names, {}, this.#name(node));
        return;
      }
      case "matMul":
        if (!this.#withBias.has(node)) this.#emitMatMul(node);
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
      case "inverseDeviation":
        if (!this.#names.has(node) && !this.#withGain.has(node)) this.#emitRows(node);
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
    if (a.op === "matMul" && this.#withBias.has(a)) this.#make(node, "Gemm", [...a.inputs, b], transposes(a));
    else if (a.op === "mul" && a.inputs[0].op === "standardize" && this.#withGain.has(a)) {
      const [normal, gain] = a.inputs;
      const [x] = normal.inputs;
      this.#pushLayerNorm(x, [gain, b], normal.epsilon, [this.#name(node)]);
    } else this.#make(node, "Add", [a, b]);
  }

  #emitReduce(node: ReduceNode): void {
    const [x] = node.inputs;
    const [rows] = x.shape;
    if (node.op === "sum" && rows !== undefined && x.shape.length === 2 && node.axes.join() === "0") {
      // A bias's gradient: a row of ones times the matrix is faster than ReduceSum down the columns.
      const ones = this.#floats(new Float32Array(rows).fill(1), [1, rows]);
      if (node.keepDims) {
        this.#push("MatMul", [ones, this.#nameOf(x)], {}, this.#name(node));
        return;
      }
      const row = this.#fresh();
      this.#push("MatMul", [ones, this.#nameOf(x)], {}, row);
      this.#push("Reshape", [row, this.#integers(node.shape)], {}, this.#name(node));
      return;
    }
    const attributes = { keepdims: Number(node.keepDims) };
    this.#make(node, REDUCE[node.op], [x], attributes, [this.#integers(node.axes)]);
  }

  /** Both of a row's operations are one LayerNormalization, which also hands out 1 / deviation. */
  #emitRows({ inputs: [x], epsilon }: RowNode): void {
    const outputs = ["standardize", "inverseDeviation"].map((op) => {
      const node = this.#rows.get(x)?.find((each) => each.op === op && each.epsilon === epsilon);
      return node === undefined ? this.#fresh() : this.#name(node);
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

  /** Slices that tile their source are one Split: that is how a flat vector is opened. */
  #emitSlice(node: SliceNode): void {
    const [x] = node.inputs;
    const siblings = (this.#slices.get(x) ?? [])
      .filter(({ axis }) => axis === node.axis)
      .sort((a, b) => a.start - b.start);
    const ends = siblings.map(({ end }) => end);
    const tiles = siblings.every(({ start }, i) => start === (i === 0 ? 0 : ends[i - 1]));
    if (tiles && siblings.length > 1 && ends.at(-1) === x.shape[node.axis]) {
      const sizes = this.#integers(siblings.map(({ start, end }) => end - start));
      const outputs = siblings.map((each) => this.#name(each));
      const inputs = [this.#nameOf(x), sizes];
      this.nodes.push({ opType: "Split", inputs, outputs, attributes: { axis: node.axis } });
      return;
    }
    const range = [[node.start], [node.end], [node.axis]].map((each) => this.#integers(each));
    this.#make(node, "Slice", [x], {}, range);
  }

  /** Emits one ONNX node for a node; further inputs may follow those that are nodes. */
  #make(
    node: Node,
    opType: string,
    inputs: readonly Node[],
    attributes: OnnxNode["attributes"] = {},
    more: readonly string[] = [],
  ): void {
    const names = inputs.map((each) => this.#nameOf(each));
    this.#push(opType, [...names, ...more], attributes, this.#name(node));
  }

  #push(opType: string, inputs: readonly string[], attributes: OnnxNode["attributes"], output: string): void {
    this.nodes.push({ opType, inputs, outputs: [output], attributes });
  }

  /** Settles under which name a node's value is made. */
  #name(node: Node): string {
    const name = this.#claimed.get(node) ?? this.#fresh();
    this.#names.set(node, name);
    return name;
  }

  #fresh(): string {
    this.#count++;
    return `v${this.#count}`;
  }

  #nameOf(node: Node): string {
    const name = this.#names.get(node);
    if (name !== undefined) return name;
    if (node.op === "constant") return this.#floats(node.values, node.shape);
    if (node.op !== "greater" && node.op !== "less")
      throw internal(`onnx: ${node.op} is used before it is made`);
    if (isPositive(node)) this.#make(node, "HardSigmoid", [node.inputs[0]], { alpha: STEEPEST, beta: ZERO });
    else this.#push("Cast", [this.#booleanOf(node)], { to: CAST_TO_FLOAT }, this.#name(node));
    return this.#nameOf(node);
  }

  #booleanOf(node: Node): string {
    let name = this.#booleans.get(node);
    if (name !== undefined) return name;
    name = this.#fresh();
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
