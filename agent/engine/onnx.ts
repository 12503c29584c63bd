/**
 * @file The default engine: ONNX Runtime's native CPU library computes losses and gradients, a WebAssembly kernel the
 * optimiser and the target networks.
 *
 * ONNX Runtime reads the state and writes the gradients in the kernel's memory, without copies. It uses one thread, so
 * that sums are always computed in the same order.
 */

import { createRequire } from "node:module";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { InputError, internal } from "../../shared/errors.ts";
import { elementCount, type InputNode, type Node } from "../graph/node.ts";
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
import { MemoryLayout } from "./memory-layout.ts";
import { inputName, lower } from "./onnx-lowering.ts";
import { encodeModel } from "./onnx-model.ts";
import {
  type Addresses,
  type LoadedVariant,
  loadVariant,
  placeVariant,
  type Runtime,
  type Variant,
  viewAt,
} from "./onnx-variant.ts";

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
    libraries: {},
    reason: "",
    compile: (program) => compile(runtime, program),
  };
}

async function compile(runtime: Runtime, program: Program): Promise<Compiled> {
  checkProgram(program);
  const stateNames = new Set(program.state.map(({ current }) => current.name));
  const load = (each: Program) => loadVariant(runtime, each, ({ name }) => stateNames.has(name));
  const full = await load(program);
  const reduced = withoutDelayed(program);
  return new CompiledOnnx(runtime, program, full, reduced === undefined ? undefined : await load(reduced));
}

class CompiledOnnx implements Compiled {
  readonly #runtime: Runtime;
  readonly #sessions: readonly InferenceSession[];
  readonly #feeds: readonly InputNode[];
  readonly #full: Variant;
  readonly #withoutDelayed: Variant;
  readonly #state: ReadonlyMap<string, Float32Array>;
  readonly #outputs: ReadonlyMap<string, Float32Array>;
  /** The tensor of each fed array, so that an array that is fed repeatedly is bound once. */
  readonly #bound = new WeakMap<Float32Array, Tensor>();
  #running = false;
  #disposed = false;

  constructor(runtime: Runtime, program: Program, full: LoadedVariant, reduced: LoadedVariant | undefined) {
    this.#runtime = runtime;
    this.#sessions = [full, reduced].flatMap((variant) =>
      (variant?.stages ?? []).flatMap(({ session }) => session ?? []),
    );
    this.#feeds = program.feeds;
    const layout = new MemoryLayout();
    const place = (vectors: readonly (readonly [name: string, node: Node])[]): Addresses =>
      new Map(
        vectors.map(([name, { shape }]) => [name, { address: layout.allocate(elementCount(shape)), shape }]),
      );
    const state = place(program.state.map(({ current }) => [current.name, current]));
    const outputs = place(program.outputs.map(({ name, node }) => [name, node]));
    const places = { state, outputs, feeds: program.feeds };
    const bindFull = placeVariant(full, layout, places);
    const bindReduced = reduced && placeVariant(reduced, layout, places);
    const memory = layout.create();
    const views = (addresses: Addresses) =>
      new Map([...addresses].map(([name, { address, shape }]) => [name, viewAt(memory, address, shape)]));
    this.#state = views(state);
    this.#outputs = views(outputs);
    this.#full = bindFull(runtime, memory);
    this.#withoutDelayed = bindReduced?.(runtime, memory) ?? this.#full;
  }

  async run(
    feeds: Readonly<Record<string, Float32Array>>,
    { skipDelayed }: RunOptions = { skipDelayed: false },
  ): Promise<void> {
    if (this.#disposed) throw internal("onnx: run after dispose");
    if (this.#running) throw internal("onnx: run during another run");
    refuseUnknownFeeds(this.#feeds, feeds);
    const { copied, steps } = skipDelayed ? this.#withoutDelayed : this.#full;
    for (const { feed, view } of copied) view.set(feedOf(feed, feeds));
    this.#running = true;
    try {
      for (const step of steps) {
        if ("kernel" in step) step.kernel();
        else {
          for (const feed of step.feeds) step.inputs[inputName(feed.name)] = this.#tensorOf(feed, feeds);
          await step.session.run(step.inputs, step.fetches);
        }
      }
    } finally {
      this.#running = false;
    }
  }

  #tensorOf(feed: InputNode, feeds: Readonly<Record<string, Float32Array>>): Tensor {
    const { shape } = feed;
    const values = feedOf(feed, feeds);
    let tensor = this.#bound.get(values);
    if (tensor === undefined || tensor.dims.join() !== shape.join()) {
      tensor = new this.#runtime.Tensor("float32", values, shape);
      this.#bound.set(values, tensor);
    }
    return tensor;
  }

  state(name: string): Float32Array {
    return entryOf(this.#state, "state", name);
  }

  setState(name: string, values: Float32Array): void {
    const current = this.state(name);
    checkLength(name, current.length, values);
    current.set(values);
  }

  output(name: string): Float32Array {
    return entryOf(this.#outputs, "output", name);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const session of this.#sessions) void session.release();
  }
}
