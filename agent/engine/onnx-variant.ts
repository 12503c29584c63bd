/**
 * @file A program ready to run: sessions of ONNX Runtime and WebAssembly kernels that work in one memory.
 *
 * A program has two variants: in full, and without its delayed parts.
 */

import type { InferenceSession, Tensor } from "onnxruntime-node";
import { internal } from "../../shared/errors.ts";
import { elementCount, type InputNode, type Node, type Shape } from "../graph/node.ts";
import type { Program } from "../graph/program.ts";
import { simplify } from "../graph/simplify.ts";
import type { MemoryLayout } from "./memory-layout.ts";
import { inputName, lower, outputName } from "./onnx-lowering.ts";
import { encodeModel } from "./onnx-model.ts";
import { type Partition, partition } from "./partition.ts";
import { rowKernelModule } from "./row-kernel.ts";
import { type Stage, stagesOf } from "./stages.ts";
import { kernelModule, startKernel } from "./vector-kernel.ts";

export type Runtime = typeof import("onnxruntime-node");

/** A variant's sessions, before its vectors have addresses. */
export interface LoadedVariant {
  readonly parts: Partition;
  readonly stages: readonly (Stage & { readonly session: InferenceSession | undefined })[];
}

/** Splits a program and loads its sessions. */
export async function loadVariant(
  runtime: Runtime,
  program: Program,
  isState: (node: InputNode) => boolean,
): Promise<LoadedVariant> {
  const parts = partition(simplify(program), isState);
  const stages = stagesOf(parts.tensors).map(async (stage) => {
    if (stage.rows !== undefined) return { ...stage, session: undefined };
    const model = encodeModel(lower({ state: [], feeds: stage.inputs, outputs: stage.outputs }));
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
    return { ...stage, session };
  });
  return { parts, stages: await Promise.all(stages) };
}

/** Byte addresses of vectors by name. */
export type Addresses = ReadonlyMap<string, { readonly address: number; readonly shape: Shape }>;

/** One step of a run. */
export type Step =
  | { readonly kernel: () => void }
  | {
      readonly session: InferenceSession;
      /** Inputs that the caller feeds. */
      readonly feeds: readonly InputNode[];
      readonly inputs: Record<string, Tensor>;
      readonly fetches: Record<string, Tensor>;
    };

export interface Variant {
  /** Feeds that kernels read from memory. */
  readonly copied: readonly { readonly feed: InputNode; readonly view: Float32Array }[];
  readonly steps: readonly Step[];
}

/** Views of a memory by address. */
export function viewAt(memory: WebAssembly.Memory, address: number, shape: Shape): Float32Array {
  return new Float32Array(memory.buffer, address, elementCount(shape));
}

/**
 * Reserves memory for a variant.
 *
 * @param feeds the program's feeds
 * @returns binds the variant to the memory once it exists
 */
export function placeVariant(
  { parts, stages }: LoadedVariant,
  layout: MemoryLayout,
  { state, outputs, feeds }: { state: Addresses; outputs: Addresses; feeds: readonly InputNode[] },
): (runtime: Runtime, memory: WebAssembly.Memory) => Variant {
  const reserve = (count: number) => layout.allocate(count);
  const leaves = new Map<Node, number>(
    parts.leaves.map((leaf) => {
      const known = leaf.op === "input" ? state.get(leaf.name) : undefined;
      return [leaf, known?.address ?? reserve(elementCount(leaf.shape))];
    }),
  );
  const addressIn = (vector: Node, offset: number) => {
    const start = leaves.get(vector) ?? (vector.op === "input" ? state.get(vector.name)?.address : undefined);
    if (start === undefined) throw internal(`onnx: ${vector.op} is not in memory`);
    return start + Float32Array.BYTES_PER_ELEMENT * offset;
  };
  const addresses = new Map<string, number>([
    ...[...outputs].map(([name, { address }]) => [name, address] as const),
    ...[...parts.reads, ...parts.writes].map(
      ({ name, vector, offset }) => [name, addressIn(vector, offset)] as const,
    ),
  ]);
  const isFeed = (node: InputNode) => feeds.some(({ name }) => name === node.name);
  /** Values that a kernel reads, or that pass from one stage to another. */
  const place = ({ name, shape }: Pick<InputNode, "name" | "shape">): number => {
    const address = addresses.get(name) ?? reserve(elementCount(shape));
    addresses.set(name, address);
    return address;
  };
  const copied: InputNode[] = [];
  const modules = new Map<Stage, Uint8Array<ArrayBuffer>>();
  for (const stage of stages) {
    for (const { name, node } of stage.outputs) place({ name, shape: node.shape });
    if (stage.rows === undefined) continue;
    copied.push(...stage.inputs.filter((each) => isFeed(each) && !addresses.has(each.name)));
    const inputs = new Map<Node, number>(stage.inputs.map((each) => [each, place(each)]));
    const stores = stage.outputs.map(({ name, node }) => ({
      node,
      address: place({ name, shape: node.shape }),
    }));
    modules.set(stage, rowKernelModule(stores, inputs, stage.rows, reserve));
  }
  const lastKernel = kernelModule(
    [
      ...parts.state.map(({ name, node }) => ({ node, address: addressOf(state, name) })),
      ...parts.outputs.map(({ name, node }) => ({ node, address: addressOf(outputs, name) })),
    ],
    leaves,
  );
  return (runtime, memory) => {
    const tensors = (values: readonly (readonly [key: string, name: string, shape: Shape])[]) =>
      Object.fromEntries(
        values.map(([key, name, shape]) => {
          const view = viewAt(memory, place({ name, shape }), shape);
          return [key, new runtime.Tensor("float32", view, shape)];
        }),
      );
    for (const { vector, offset, values } of parts.fixed)
      viewAt(memory, addressIn(vector, offset), [values.length]).set(values);
    const steps = stages.flatMap((stage): Step[] => {
      const module = modules.get(stage);
      if (module !== undefined) return [{ kernel: startKernel(module, memory) }];
      const { session, inputs, outputs: results } = stage;
      if (session === undefined) return [];
      const inMemory = inputs.filter((each) => !isFeed(each));
      return [
        {
          session,
          feeds: inputs.filter(isFeed),
          inputs: tensors(inMemory.map(({ name, shape }) => [inputName(name), name, shape])),
          fetches: tensors(results.map(({ name, node }) => [outputName(name), name, node.shape])),
        },
      ];
    });
    return {
      copied: copied.map((feed) => ({ feed, view: viewAt(memory, place(feed), feed.shape) })),
      steps: [...steps, { kernel: startKernel(lastKernel, memory) }],
    };
  };
}

function addressOf(addresses: Addresses, name: string): number {
  const entry = addresses.get(name);
  if (entry === undefined) throw internal(`onnx: expected an address of ${name}`);
  return entry.address;
}
