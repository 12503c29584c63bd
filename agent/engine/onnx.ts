/**
 * @file The default engine: a program as one ONNX model, run by ONNX Runtime's native CPU library.
 *
 * One thread, so that sums are always taken in the same order. Carried vectors are double-buffered:
 * a run reads one set of tensors and writes the other, and nothing is copied between runs.
 */

import { createRequire } from "node:module";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { InputError, internal } from "../../shared/errors.ts";
import { elementCount, type InputNode, type Shape } from "../graph/node.ts";
import { checkProgram, type Program } from "../graph/program.ts";
import { simplify } from "../graph/simplify.ts";
import {
  type Compiled,
  checkLength,
  type Engine,
  explainLoadFailure,
  feedOf,
  known,
  refuseUnknownFeeds,
} from "./engine.ts";
import { inputName, lower, nextName, outputName } from "./onnx-lowering.ts";
import { encodeModel } from "./onnx-model.ts";

type Runtime = typeof import("onnxruntime-node");

/** The bytes of the ONNX model that this engine makes of a program. */
export function onnxModel(program: Program): Uint8Array<ArrayBuffer> {
  checkProgram(program);
  return encodeModel(lower(simplify(program)));
}

/**
 * Loads ONNX Runtime.
 *
 * @param from the file or URL from which the package is looked up
 * @throws InputError if onnxruntime-node is not installed or does not load on this machine
 */
export async function loadOnnxEngine(from: string = import.meta.url): Promise<Engine> {
  let runtime: Runtime;
  try {
    runtime = createRequire(from)("onnxruntime-node");
  } catch (error) {
    throw new InputError(
      `engine onnx: ${explainLoadFailure("onnxruntime-node", error)}. ` +
        "Install it with `npm install onnxruntime-node`, or use `--engine tfjs`",
    );
  }
  return {
    name: "onnx",
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    reason: "",
    compile: (program) => compile(runtime, program),
  };
}

async function compile(runtime: Runtime, program: Program): Promise<Compiled> {
  const session = await runtime.InferenceSession.create(onnxModel(program), {
    executionProviders: ["cpu"],
    executionMode: "sequential",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
  return new CompiledOnnx(runtime, session, program);
}

/** Numbers of ours and the tensor through which ONNX Runtime reads or writes them in place. */
interface Bound {
  readonly values: Float32Array;
  readonly tensor: Tensor;
}

/** A carried vector's two buffers; after each run they change places. */
interface Buffers {
  readonly input: string;
  readonly next: string;
  present: Bound;
  spare: Bound;
}

class CompiledOnnx implements Compiled {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #state = new Map<string, Buffers>();
  readonly #feeds: readonly InputNode[];
  readonly #outputs = new Map<string, Bound>();
  /** The tensor over each array that was ever fed: one that is fed again and again is bound once. */
  readonly #bound = new WeakMap<Float32Array, Tensor>();
  readonly #inputs: Record<string, Tensor> = {};
  readonly #fetches: Record<string, Tensor> = {};
  #running = false;
  #disposed = false;

  constructor(runtime: Runtime, session: InferenceSession, program: Program) {
    this.#runtime = runtime;
    this.#session = session;
    this.#feeds = program.feeds;
    const zeros = (shape: Shape): Bound => {
      const values = new Float32Array(elementCount(shape));
      return { values, tensor: new runtime.Tensor("float32", values, shape) };
    };
    for (const { name, current } of program.state) {
      this.#state.set(name, {
        input: inputName(current.name),
        next: nextName(name),
        present: zeros(current.shape),
        spare: zeros(current.shape),
      });
    }
    for (const { name, node } of program.outputs) {
      const output = zeros(node.shape);
      this.#outputs.set(name, output);
      this.#fetches[outputName(name)] = output.tensor;
    }
  }

  async run(feeds: Readonly<Record<string, Float32Array>>): Promise<void> {
    if (this.#disposed) throw internal("onnx: run after dispose");
    if (this.#running) throw internal("onnx: run before the last run has come to its end");
    refuseUnknownFeeds(this.#feeds, feeds);
    for (const node of this.#feeds) {
      const { name, shape } = node;
      const values = feedOf(node, feeds);
      let tensor = this.#bound.get(values);
      if (tensor === undefined || tensor.dims.join() !== shape.join()) {
        tensor = new this.#runtime.Tensor("float32", values, shape);
        this.#bound.set(values, tensor);
      }
      this.#inputs[inputName(name)] = tensor;
    }
    for (const { input, next, present, spare } of this.#state.values()) {
      this.#inputs[input] = present.tensor;
      this.#fetches[next] = spare.tensor;
    }
    this.#running = true;
    try {
      await this.#session.run(this.#inputs, this.#fetches);
    } finally {
      this.#running = false;
    }
    for (const buffers of this.#state.values()) {
      const written = buffers.spare;
      buffers.spare = buffers.present;
      buffers.present = written;
    }
  }

  state(name: string): Float32Array {
    return known(this.#state, "state", name).present.values;
  }

  setState(name: string, values: Float32Array): void {
    const { present } = known(this.#state, "state", name);
    checkLength(name, present.values.length, values);
    present.values.set(values);
  }

  output(name: string): Float32Array {
    return known(this.#outputs, "output", name).values;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#session.release();
  }
}
