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
import { checkProgram, type Program, withoutDelayed } from "../graph/program.ts";
import { simplify } from "../graph/simplify.ts";
import {
  type Compiled,
  checkLength,
  type Engine,
  explainLoadFailure,
  feedOf,
  known,
  type RunOptions,
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
  const prompt = withoutDelayed(program);
  const session = (each: Program) =>
    runtime.InferenceSession.create(onnxModel(each), {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
  const complete = { program, session: await session(program) };
  return new CompiledOnnx(
    runtime,
    complete,
    prompt === undefined ? complete : { program: prompt, session: await session(prompt) },
  );
}

/** A program in a form that can be run. */
interface Loaded {
  readonly program: Program;
  readonly session: InferenceSession;
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

/** A program to run: complete, or without its delayed parts. */
interface Variant {
  readonly session: InferenceSession;
  /** What the caller feeds. */
  readonly feeds: readonly InputNode[];
  /** Carried vectors that are read, and those of them that are replaced. */
  readonly read: readonly Buffers[];
  readonly replaced: readonly Buffers[];
  readonly inputs: Record<string, Tensor>;
  readonly fetches: Record<string, Tensor>;
}

class CompiledOnnx implements Compiled {
  readonly #runtime: Runtime;
  readonly #complete: Variant;
  readonly #prompt: Variant;
  readonly #state = new Map<string, Buffers>();
  readonly #outputs = new Map<string, Bound>();
  /** The tensor over each array that was ever fed: one that is fed again and again is bound once. */
  readonly #bound = new WeakMap<Float32Array, Tensor>();
  #running = false;
  #disposed = false;

  constructor(runtime: Runtime, complete: Loaded, prompt: Loaded) {
    this.#runtime = runtime;
    const zeros = (shape: Shape): Bound => {
      const values = new Float32Array(elementCount(shape));
      return { values, tensor: new runtime.Tensor("float32", values, shape) };
    };
    for (const { current } of complete.program.state) {
      this.#state.set(current.name, {
        input: inputName(current.name),
        next: nextName(current.name),
        present: zeros(current.shape),
        spare: zeros(current.shape),
      });
    }
    for (const { name, node } of complete.program.outputs) this.#outputs.set(name, zeros(node.shape));
    this.#complete = this.#variantOf(complete);
    this.#prompt = prompt === complete ? this.#complete : this.#variantOf(prompt);
  }

  async run(
    feeds: Readonly<Record<string, Float32Array>>,
    { skipDelayed }: RunOptions = { skipDelayed: false },
  ): Promise<void> {
    if (this.#disposed) throw internal("onnx: run after dispose");
    if (this.#running) throw internal("onnx: run before the last run has come to its end");
    refuseUnknownFeeds(this.#complete.feeds, feeds);
    const variant = skipDelayed ? this.#prompt : this.#complete;
    const { session, read, replaced, inputs, fetches } = variant;
    for (const node of variant.feeds) {
      const { name, shape } = node;
      const values = feedOf(node, feeds);
      let tensor = this.#bound.get(values);
      if (tensor === undefined || tensor.dims.join() !== shape.join()) {
        tensor = new this.#runtime.Tensor("float32", values, shape);
        this.#bound.set(values, tensor);
      }
      inputs[inputName(name)] = tensor;
    }
    for (const { input, present } of read) inputs[input] = present.tensor;
    for (const { next, spare } of replaced) fetches[next] = spare.tensor;
    this.#running = true;
    try {
      await session.run(inputs, fetches);
    } finally {
      this.#running = false;
    }
    for (const buffers of replaced) {
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
    for (const { session } of new Set([this.#complete, this.#prompt])) void session.release();
  }

  #variantOf({ program, session }: Loaded): Variant {
    const stateByInput = new Map([...this.#state.values()].map((each) => [each.input, each]));
    const names = [...program.state.map(({ current }) => current), ...program.feeds];
    const outputs = program.outputs.map(
      ({ name }) => [outputName(name), known(this.#outputs, "output", name).tensor] as const,
    );
    return {
      session,
      feeds: program.feeds.filter(({ name }) => !stateByInput.has(inputName(name))),
      read: names.flatMap(({ name }) => stateByInput.get(inputName(name)) ?? []),
      replaced: program.state.map(({ current }) => known(this.#state, "state", current.name)),
      inputs: {},
      fetches: Object.fromEntries(outputs),
    };
  }
}
