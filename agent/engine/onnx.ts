/**
 * @file The default engine: compiles a program to an ONNX model and runs it on ONNX Runtime's native CPU library.
 *
 * It uses one thread, so that sums are always computed in the same order. The state is double-buffered: a run reads
 * one set of tensors and writes the other, without copies between runs.
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
  entryOf,
  explainLoadFailure,
  feedOf,
  type RunOptions,
  refuseUnknownFeeds,
} from "./engine.ts";
import { inputName, lower, nextName, outputName } from "./onnx-lowering.ts";
import { encodeModel } from "./onnx-model.ts";

type Runtime = typeof import("onnxruntime-node");

/** A program as the bytes of an ONNX model. */
export function onnxModel(program: Program): Uint8Array<ArrayBuffer> {
  checkProgram(program);
  return encodeModel(lower(simplify(program)));
}

/**
 * Loads ONNX Runtime.
 *
 * @param from file or URL from which the package is resolved
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
  const reduced = withoutDelayed(program);
  const session = (each: Program) =>
    runtime.InferenceSession.create(onnxModel(each), {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
  const full = { program, session: await session(program) };
  return new CompiledOnnx(
    runtime,
    full,
    reduced === undefined ? full : { program: reduced, session: await session(reduced) },
  );
}

interface Loaded {
  readonly program: Program;
  readonly session: InferenceSession;
}

/** An array and the tensor through which ONNX Runtime reads or writes it in place. */
interface BoundArray {
  readonly values: Float32Array;
  readonly tensor: Tensor;
}

/** The two buffers of a state vector; they swap after each run that replaces it. */
interface Buffers {
  /** Names in the model of the tensors that are read and written. */
  readonly input: string;
  readonly next: string;
  current: BoundArray;
  spare: BoundArray;
}

/** A program to run: in full, or without its delayed parts. */
interface Variant {
  readonly session: InferenceSession;
  readonly feeds: readonly InputNode[];
  /** State that a run reads, and state that it replaces. */
  readonly read: readonly Buffers[];
  readonly replaced: readonly Buffers[];
  readonly inputs: Record<string, Tensor>;
  readonly fetches: Record<string, Tensor>;
}

class CompiledOnnx implements Compiled {
  readonly #runtime: Runtime;
  readonly #full: Variant;
  readonly #withoutDelayed: Variant;
  readonly #state = new Map<string, Buffers>();
  readonly #outputs = new Map<string, BoundArray>();
  /** The tensor of each fed array, so that an array that is fed repeatedly is bound once. */
  readonly #bound = new WeakMap<Float32Array, Tensor>();
  #running = false;
  #disposed = false;

  constructor(runtime: Runtime, full: Loaded, reduced: Loaded) {
    this.#runtime = runtime;
    const zeros = (shape: Shape): BoundArray => {
      const values = new Float32Array(elementCount(shape));
      return { values, tensor: new runtime.Tensor("float32", values, shape) };
    };
    for (const { current } of full.program.state) {
      this.#state.set(current.name, {
        input: inputName(current.name),
        next: nextName(current.name),
        current: zeros(current.shape),
        spare: zeros(current.shape),
      });
    }
    for (const { name, node } of full.program.outputs) this.#outputs.set(name, zeros(node.shape));
    this.#full = this.#variantOf(full);
    this.#withoutDelayed = reduced === full ? this.#full : this.#variantOf(reduced);
  }

  async run(
    feeds: Readonly<Record<string, Float32Array>>,
    { skipDelayed }: RunOptions = { skipDelayed: false },
  ): Promise<void> {
    if (this.#disposed) throw internal("onnx: run after dispose");
    if (this.#running) throw internal("onnx: run during another run");
    refuseUnknownFeeds(this.#full.feeds, feeds);
    const variant = skipDelayed ? this.#withoutDelayed : this.#full;
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
    for (const { input, current } of read) inputs[input] = current.tensor;
    for (const { next, spare } of replaced) fetches[next] = spare.tensor;
    this.#running = true;
    try {
      await session.run(inputs, fetches);
    } finally {
      this.#running = false;
    }
    for (const buffers of replaced) {
      const written = buffers.spare;
      buffers.spare = buffers.current;
      buffers.current = written;
    }
  }

  state(name: string): Float32Array {
    return entryOf(this.#state, "state", name).current.values;
  }

  setState(name: string, values: Float32Array): void {
    const { current } = entryOf(this.#state, "state", name);
    checkLength(name, current.values.length, values);
    current.values.set(values);
  }

  output(name: string): Float32Array {
    return entryOf(this.#outputs, "output", name).values;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { session } of new Set([this.#full, this.#withoutDelayed])) void session.release();
  }

  #variantOf({ program, session }: Loaded): Variant {
    const stateByInput = new Map([...this.#state.values()].map((each) => [each.input, each]));
    const names = [...program.state.map(({ current }) => current), ...program.feeds];
    const outputs = program.outputs.map(
      ({ name }) => [outputName(name), entryOf(this.#outputs, "output", name).tensor] as const,
    );
    return {
      session,
      feeds: program.feeds.filter(({ name }) => !stateByInput.has(inputName(name))),
      read: names.flatMap(({ name }) => stateByInput.get(inputName(name)) ?? []),
      replaced: program.state.map(({ current }) => entryOf(this.#state, "state", current.name)),
      inputs: {},
      fetches: Object.fromEntries(outputs),
    };
  }
}
