/**
 * @file The engine on TensorFlow.js, which interprets a program operation by operation.
 *
 * It is the reference for the ONNX engine. It uses tfjs-node's native library if that works on this machine, else
 * the WebAssembly backend.
 */

import type * as Tensorflow from "@tensorflow/tfjs";
import { internal } from "../../shared/errors.ts";
import {
  elementCount,
  type InputNode,
  type Node,
  type Shape,
  sameShape,
  topologicalOrder,
} from "../graph/node.ts";
import { checkProgram, type Program, rootsOf, withoutDelayed } from "../graph/program.ts";
import { simplify } from "../graph/simplify.ts";
import {
  type Compiled,
  checkLength,
  type Engine,
  entryOf,
  feedOf,
  type RunOptions,
  refuseUnknownFeeds,
} from "./engine.ts";
import { loadTensorflow, type TensorflowBackend, type Tf } from "./tfjs-backend.ts";

/**
 * Loads TensorFlow.js on the fastest working backend.
 *
 * @throws InputError if no backend works
 */
export async function loadTfjsEngine(): Promise<Engine> {
  const backend = await loadTensorflow();
  const { tf, name, libraries, reason } = backend;
  return {
    name,
    version: tf.version.tfjs,
    libraries,
    reason,
    compile: async (program) => new CompiledTfjs(backend, program),
  };
}

/** A simplified program and its nodes in topological order. */
interface Variant {
  readonly program: Program;
  readonly order: readonly Node[];
}

function variantOf(program: Program): Variant {
  const simplified = simplify(program);
  return { program: simplified, order: topologicalOrder(rootsOf(simplified)) };
}

class CompiledTfjs implements Compiled {
  readonly #backend: TensorflowBackend;
  readonly #program: Program;
  readonly #full: Variant;
  readonly #withoutDelayed: Variant;
  #state = new Map<string, Float32Array>();
  #outputs = new Map<string, Float32Array>();
  #disposed = false;

  constructor(backend: TensorflowBackend, program: Program) {
    checkProgram(program);
    this.#backend = backend;
    this.#program = program;
    this.#full = variantOf(program);
    const reduced = withoutDelayed(program);
    this.#withoutDelayed = reduced === undefined ? this.#full : variantOf(reduced);
    for (const { current } of program.state) this.#state.set(current.name, zeros(current));
    for (const { name, node } of program.outputs) this.#outputs.set(name, zeros(node));
  }

  async run(
    feeds: Readonly<Record<string, Float32Array>>,
    { skipDelayed }: RunOptions = { skipDelayed: false },
  ): Promise<void> {
    if (this.#disposed) throw internal("tfjs: run after dispose");
    refuseUnknownFeeds(this.#program.feeds, feeds);
    const { program, order } = skipDelayed ? this.#withoutDelayed : this.#full;
    const { tf, name, select } = this.#backend;
    await select();
    const onWasm = name === "tfjs-wasm";
    const nextState = new Map(this.#state);
    const nextOutputs = new Map(this.#outputs);
    tf.tidy(() => {
      const tensors = new Map<Node, Tensorflow.Tensor>();
      for (const node of this.#program.feeds)
        tensors.set(node, tf.tensor(feedOf(node, feeds), [...node.shape]));
      for (const { current } of this.#program.state)
        tensors.set(current, tf.tensor(this.state(current.name), [...current.shape]));
      const tensorOf = (node: Node) => {
        const tensor = tensors.get(node);
        if (tensor === undefined) throw internal(`tfjs: ${node.op} is used before it is computed`);
        return tensor;
      };
      for (const node of order) {
        if (node.op !== "input") tensors.set(node, apply(tf, node, tensorOf, onWasm));
      }
      // Read inside tidy, where all tensors still exist, but not returned: tidy searches its result for tensors,
      // number by number. Copied, because dataSync may return the fed array.
      const read = (node: Node) => tensorOf(node).dataSync<"float32">().slice();
      for (const update of program.state) nextState.set(update.current.name, read(update.next));
      for (const each of program.outputs) nextOutputs.set(each.name, read(each.node));
    });
    // Assigned last, so that a run that throws changes nothing.
    this.#state = nextState;
    this.#outputs = nextOutputs;
  }

  state(name: string): Float32Array {
    return entryOf(this.#state, "state", name);
  }

  setState(name: string, values: Float32Array): void {
    checkLength(name, entryOf(this.#state, "state", name).length, values);
    this.#state.set(name, values.slice());
  }

  output(name: string): Float32Array {
    return entryOf(this.#outputs, "output", name);
  }

  dispose(): void {
    this.#disposed = true;
  }
}

/** The tensor of a node, computed from its inputs' tensors. */
function apply(
  tf: Tf,
  node: Exclude<Node, InputNode>,
  at: (node: Node) => Tensorflow.Tensor,
  onWasm: boolean,
): Tensorflow.Tensor {
  const broadcast = (x: Node) => (onWasm ? broadcastByAdding : broadcastTo)(tf, at(x), node.shape);
  switch (node.op) {
    case "constant":
      return tf.tensor(node.values, [...node.shape]);
    case "clip":
      return tf.clipByValue(at(node.inputs[0]), node.low, node.high);
    case "select":
      return tf.where(
        tf.cast(broadcast(node.inputs[0]), "bool"),
        broadcast(node.inputs[1]),
        broadcast(node.inputs[2]),
      );
    case "matMul": {
      const [a, b] = node.inputs;
      const { transposeA, transposeB } = node;
      if (!onWasm) return tf.matMul(at(a), at(b), transposeA, transposeB);
      return tf.matMul(transposed(tf, at(a), transposeA), transposed(tf, at(b), transposeB));
    }
    case "concat":
      return tf.concat(node.inputs.map(at), node.axis);
    case "slice": {
      const begin = node.shape.map((_, i) => (i === node.axis ? node.start : 0));
      return tf.slice(at(node.inputs[0]), begin, [...node.shape]);
    }
    case "reshape":
      return tf.reshape(at(node.inputs[0]), [...node.shape]);
    case "broadcast":
      return broadcast(node.inputs[0]);
    case "sum":
      return tf.sum(at(node.inputs[0]), [...node.axes], node.keepDims);
    case "mean":
      return tf.mean(at(node.inputs[0]), [...node.axes], node.keepDims);
    case "reduceMin":
      return tf.min(at(node.inputs[0]), [...node.axes], node.keepDims);
    case "reduceMax":
      return tf.max(at(node.inputs[0]), [...node.axes], node.keepDims);
    case "standardize":
    case "inverseStd": {
      const { mean, variance } = tf.moments(at(node.inputs[0]), -1, true);
      const inverse = tf.rsqrt(tf.add(variance, node.epsilon));
      return node.op === "standardize" ? tf.mul(tf.sub(at(node.inputs[0]), mean), inverse) : inverse;
    }
    case "add":
      return tf.add(at(node.inputs[0]), at(node.inputs[1]));
    case "sub":
      return tf.sub(at(node.inputs[0]), at(node.inputs[1]));
    case "mul":
      return tf.mul(at(node.inputs[0]), at(node.inputs[1]));
    case "div":
      return tf.div(at(node.inputs[0]), at(node.inputs[1]));
    case "min":
      return tf.minimum(at(node.inputs[0]), at(node.inputs[1]));
    case "max":
      return tf.maximum(at(node.inputs[0]), at(node.inputs[1]));
    case "greater":
      return tf.cast(tf.greater(at(node.inputs[0]), at(node.inputs[1])), "float32");
    case "less":
      return tf.cast(tf.less(at(node.inputs[0]), at(node.inputs[1])), "float32");
    case "neg":
    case "relu":
    case "tanh":
    case "sigmoid":
    case "softplus":
    case "exp":
    case "log":
    case "sqrt":
    case "square":
    case "abs":
    case "sign":
      return tf[node.op](at(node.inputs[0]));
    case "stopGradient":
      return tf.clone(at(node.inputs[0]));
  }
}

/** Transposes before the product: on WebAssembly, matMul's transposing forms take ten times as long. */
function transposed(tf: Tf, x: Tensorflow.Tensor, transpose: boolean): Tensorflow.Tensor {
  return transpose ? tf.transpose(x) : x;
}

function broadcastTo(tf: Tf, x: Tensorflow.Tensor, shape: Shape): Tensorflow.Tensor {
  return sameShape(x.shape, shape) ? x : tf.broadcastTo(x, [...shape]);
}

/** Broadcasts by adding zeros: on WebAssembly, broadcastTo takes twenty times as long. */
function broadcastByAdding(tf: Tf, x: Tensorflow.Tensor, shape: Shape): Tensorflow.Tensor {
  return sameShape(x.shape, shape) ? x : tf.add(tf.zeros([...shape]), x);
}

function zeros(node: Node): Float32Array {
  return new Float32Array(elementCount(node.shape));
}
