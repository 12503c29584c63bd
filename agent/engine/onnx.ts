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
import { elementCount, type InputNode, type Node, type Shape } from "../graph/node.ts";
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
import { inputName, lower, outputName } from "./onnx-lowering.ts";
import { encodeModel } from "./onnx-model.ts";
import { type Partition, partition, type View } from "./partition.ts";
import { kernelModule, startKernel } from "./vector-kernel.ts";

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
    libraries: {},
    reason: "",
    compile: (program) => compile(runtime, program),
  };
}

async function compile(runtime: Runtime, program: Program): Promise<Compiled> {
  checkProgram(program);
  const stateNames = new Set(program.state.map(({ current }) => current.name));
  const load = async (each: Program): Promise<Loaded> => {
    const parts = partition(simplify(each), ({ name }) => stateNames.has(name));
    if (parts.tensors.outputs.length === 0) return { parts, session: undefined };
    const session = await runtime.InferenceSession.create(encodeModel(lower(parts.tensors)), {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
    return { parts, session };
  };
  const full = await load(program);
  const reduced = withoutDelayed(program);
  return new CompiledOnnx(runtime, program, full, reduced === undefined ? undefined : await load(reduced));
}

interface Loaded {
  readonly parts: Partition;
  /** Undefined if the kernel computes everything. */
  readonly session: InferenceSession | undefined;
}

/** A program to run: in full, or without its delayed parts. */
interface Variant {
  readonly session: InferenceSession | undefined;
  /** Inputs of the session that the caller feeds. */
  readonly feeds: readonly InputNode[];
  readonly inputs: Record<string, Tensor>;
  readonly fetches: Record<string, Tensor>;
  readonly runKernel: () => void;
}

class CompiledOnnx implements Compiled {
  readonly #runtime: Runtime;
  readonly #feeds: readonly InputNode[];
  readonly #full: Variant;
  readonly #withoutDelayed: Variant;
  readonly #state: ReadonlyMap<string, Float32Array>;
  readonly #outputs: ReadonlyMap<string, Float32Array>;
  /** The tensor of each fed array, so that an array that is fed repeatedly is bound once. */
  readonly #bound = new WeakMap<Float32Array, Tensor>();
  #running = false;
  #disposed = false;

  constructor(runtime: Runtime, program: Program, full: Loaded, reduced: Loaded | undefined) {
    this.#runtime = runtime;
    this.#feeds = program.feeds;
    const layout = new MemoryLayout();
    const place = (vectors: readonly (readonly [name: string, node: Node])[]): Addresses =>
      new Map(
        vectors.map(([name, { shape }]) => [name, { address: layout.allocate(elementCount(shape)), shape }]),
      );
    const state = place(program.state.map(({ current }) => [current.name, current]));
    const outputs = place(program.outputs.map(({ name, node }) => [name, node]));
    const fullLeaves = placeLeaves(full.parts, layout, state);
    const reducedLeaves = reduced && placeLeaves(reduced.parts, layout, state);
    const memory = layout.create();
    const views = (addresses: Addresses) =>
      new Map([...addresses].map(([name, { address, shape }]) => [name, viewAt(memory, address, shape)]));
    this.#state = views(state);
    this.#outputs = views(outputs);
    const bind = (loaded: Loaded, leaves: Leaves) =>
      bindVariant(runtime, loaded, memory, { state, outputs, leaves });
    this.#full = bind(full, fullLeaves);
    this.#withoutDelayed = reduced && reducedLeaves ? bind(reduced, reducedLeaves) : this.#full;
  }

  async run(
    feeds: Readonly<Record<string, Float32Array>>,
    { skipDelayed }: RunOptions = { skipDelayed: false },
  ): Promise<void> {
    if (this.#disposed) throw internal("onnx: run after dispose");
    if (this.#running) throw internal("onnx: run during another run");
    refuseUnknownFeeds(this.#feeds, feeds);
    const variant = skipDelayed ? this.#withoutDelayed : this.#full;
    const { session, inputs, fetches } = variant;
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
    this.#running = true;
    try {
      await session?.run(inputs, fetches);
      variant.runKernel();
    } finally {
      this.#running = false;
    }
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
    for (const { session } of new Set([this.#full, this.#withoutDelayed])) void session?.release();
  }
}

/** Byte addresses and shapes of named vectors. */
type Addresses = ReadonlyMap<string, { readonly address: number; readonly shape: Shape }>;

/** Byte addresses of the kernel's leaves. */
type Leaves = ReadonlyMap<Node, number>;

/** Reserves memory for the leaves; a state vector has its place already. */
function placeLeaves({ leaves }: Partition, layout: MemoryLayout, state: Addresses): Leaves {
  return new Map(
    leaves.map((leaf) => {
      const known = leaf.op === "input" ? state.get(leaf.name) : undefined;
      return [leaf, known?.address ?? layout.allocate(elementCount(leaf.shape))];
    }),
  );
}

function viewAt(memory: WebAssembly.Memory, address: number, shape: Shape): Float32Array {
  return new Float32Array(memory.buffer, address, elementCount(shape));
}

/** Binds the session's tensors to the memory and generates the kernel. */
function bindVariant(
  runtime: Runtime,
  { parts, session }: Loaded,
  memory: WebAssembly.Memory,
  { state, outputs, leaves }: { state: Addresses; outputs: Addresses; leaves: Leaves },
): Variant {
  const addressOf = (vector: Node, offset: number) => {
    const start = leaves.get(vector) ?? (vector.op === "input" ? state.get(vector.name)?.address : undefined);
    if (start === undefined) throw internal(`onnx: ${vector.op} is not in memory`);
    return start + Float32Array.BYTES_PER_ELEMENT * offset;
  };
  const tensorAt = (address: number, shape: Shape) =>
    new runtime.Tensor("float32", viewAt(memory, address, shape), shape);
  const bind = ({ vector, offset, shape }: View) => tensorAt(addressOf(vector, offset), shape);
  for (const { vector, offset, values } of parts.fixed)
    viewAt(memory, addressOf(vector, offset), [values.length]).set(values);

  const views = new Set([...parts.reads, ...parts.writes].map(({ name }) => name));
  const engineOutputs = parts.tensors.outputs.filter(({ name }) => !views.has(name));
  const stores = [
    ...parts.state.map(({ name, node }) => ({ node, address: entryOf(state, "state", name).address })),
    ...parts.outputs.map(({ name, node }) => ({ node, address: entryOf(outputs, "output", name).address })),
  ];
  return {
    session,
    feeds: parts.tensors.feeds.filter(({ name }) => !views.has(name)),
    inputs: Object.fromEntries(parts.reads.map((view) => [inputName(view.name), bind(view)])),
    fetches: Object.fromEntries([
      ...parts.writes.map((view) => [outputName(view.name), bind(view)]),
      ...engineOutputs.map(({ name, node }) => [
        outputName(name),
        tensorAt(entryOf(outputs, "output", name).address, node.shape),
      ]),
    ]),
    runKernel: startKernel(kernelModule(stores, leaves), memory),
  };
}
