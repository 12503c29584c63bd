/**
 * @file Compiles a program's arithmetic on flat vectors into one WebAssembly function of SIMD loops.
 *
 * Adam and the target networks are a dozen elementwise operations on vectors of up to a hundred thousand numbers. One
 * by one, each is bound by memory traffic. Here one loop reads every vector once and writes it once. The loops are
 * generated from the graph, so that each operation is defined in one place.
 *
 * The function runs in passes. A pass computes scalars, then loops over vectors. A reduction, such as a gradient's norm,
 * ends a pass: the next one uses its result. Only the last pass writes to memory.
 */

import { internal } from "../../shared/errors.ts";
import { elementCount, type Node, type ReduceNode, topologicalOrder } from "../graph/node.ts";
import {
  acrossLanes,
  elementwise,
  FOUR,
  isScalar,
  ONE,
  REDUCTIONS,
  reducesVector,
  type Width,
} from "./vector-operations.ts";
import {
  type Code,
  constF32,
  constI32,
  F32,
  F32X4,
  getLocal,
  loadF32,
  loop,
  setLocal,
  storeF32,
  type ValueType,
  wasmModule,
} from "./wasm-function.ts";

/** A value that the kernel writes to memory. */
export interface Store {
  readonly node: Node;
  /** Byte address. */
  readonly address: number;
}

/**
 * Returns the bytes of a module whose function `run` computes all stores, over an imported memory.
 *
 * A store may replace a leaf: all reads of an element come before its write.
 *
 * @param leaves byte addresses of the values that are in memory before a run
 */
export function kernelModule(
  stores: readonly Store[],
  leaves: ReadonlyMap<Node, number>,
): Uint8Array<ArrayBuffer> {
  const { locals, code } = new KernelWriter(stores, leaves);
  return wasmModule(locals, code);
}

/** Returns the function `run` of a module over a memory. */
export function startKernel(module: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): () => void {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } });
  const { run } = instance.exports;
  if (typeof run !== "function") throw internal("startKernel: expected a module that exports run");
  return () => void run();
}

/** The local variable that counts bytes in every loop. */
const COUNTER = 0;

class KernelWriter {
  readonly locals: ValueType[] = ["i32"];
  readonly code: number[] = [];
  readonly #leaves: ReadonlyMap<Node, number>;
  /** The local variable of each scalar that is computed. */
  readonly #scalars = new Map<Node, number>();

  constructor(stores: readonly Store[], leaves: ReadonlyMap<Node, number>) {
    this.#leaves = leaves;
    const order = topologicalOrder(
      stores.map(({ node }) => node),
      (node) => leaves.has(node),
    );
    const passes = passesOf(order, leaves);
    const passOf = (node: Node) => passes.get(node) ?? 0;
    const last = Math.max(0, ...stores.map(({ node }) => passOf(node)));
    for (let pass = 0; pass <= last; pass++) {
      for (const node of order) if (passOf(node) === pass && isScalar(node.shape)) this.#writeScalar(node);
      const reductions = order
        .filter((node) => reducesVector(node))
        .filter((node) => !leaves.has(node) && passOf(node.inputs[0]) === pass);
      const vectorStores = pass === last ? stores.filter(({ node }) => !isScalar(node.shape)) : [];
      this.#writeLoops(reductions, vectorStores);
    }
    for (const { node, address } of stores) {
      if (isScalar(node.shape)) this.code.push(...constI32(0), ...this.#scalar(node), ...storeF32(address));
    }
  }

  #local(type: ValueType): number {
    this.locals.push(type);
    return this.locals.length - 1;
  }

  /** Pushes a scalar. */
  #scalar(node: Node): Code {
    if (node.op === "constant") return constF32(node.values[0]!);
    const local = this.#scalars.get(node);
    if (local === undefined) throw internal(`kernel: ${node.op} is used before it is computed`);
    return getLocal(local);
  }

  /** Computes a scalar, unless it is a constant or a loop has computed it. */
  #writeScalar(node: Node): void {
    if (node.op === "constant" || this.#scalars.has(node)) return;
    const value = this.#element(node, 0);
    const local = this.#local("f32");
    this.#scalars.set(node, local);
    this.code.push(...value, ...setLocal(local));
  }

  /** Pushes one element of a value. */
  #element(node: Node, index: number): Code {
    if (node.op === "constant") return constF32(node.values[index]!);
    if (this.#scalars.has(node)) return this.#scalar(node);
    const address = this.#leaves.get(node);
    if (address !== undefined)
      return [...constI32(0), ...loadF32(address + Float32Array.BYTES_PER_ELEMENT * index)];
    if (node.op === "slice") return this.#element(node.inputs[0], node.start + index);
    const operands = node.inputs.map((each) => this.#element(each, isScalar(each.shape) ? 0 : index));
    return elementwise(node, ONE, operands);
  }

  /** Writes one loop per length of vector: four elements at a time, then the rest one by one. */
  #writeLoops(reductions: readonly ReduceNode[], stores: readonly Store[]): void {
    const lengths = [...reductions.map(({ inputs: [x] }) => x), ...stores.map(({ node }) => node)].map(
      ({ shape }) => elementCount(shape),
    );
    for (const length of new Set(lengths)) {
      const reduced = reductions.filter(({ inputs: [x] }) => elementCount(x.shape) === length);
      const stored = stores.filter(({ node }) => elementCount(node.shape) === length);
      const end = length - (length % FOUR.lanes);
      const totals = this.#writeTotals(reduced, ONE);
      if (end > 0) {
        const sums = this.#writeTotals(reduced, FOUR);
        this.#writeLoop(0, end, FOUR, sums, stored);
        for (const [node, local] of sums) {
          const total = acrossLanes(local, FOUR, F32[REDUCTIONS[node.op].operation]);
          this.code.push(...total, ...setLocal(totals.get(node)!));
        }
      }
      if (end < length) this.#writeLoop(end, length, ONE, totals, stored);
      for (const [node, local] of totals) {
        this.#scalars.set(node, local);
        if (node.op === "mean")
          this.code.push(...getLocal(local), ...constF32(length), ...F32.div, ...setLocal(local));
      }
    }
  }

  /** Sets a local variable for each reduction to the value it starts from. */
  #writeTotals(reductions: readonly ReduceNode[], { type, constant }: Width): Map<ReduceNode, number> {
    const totals = new Map<ReduceNode, number>();
    for (const node of reductions) {
      const local = this.#local(type);
      totals.set(node, local);
      this.code.push(...constant(REDUCTIONS[node.op].start), ...setLocal(local));
    }
    return totals;
  }

  #writeLoop(
    start: number,
    end: number,
    width: Width,
    totals: ReadonlyMap<ReduceNode, number>,
    stores: readonly Store[],
  ): void {
    const setup: number[] = [];
    const body: number[] = [];
    const computed = new Map<Node, number>();
    const push = (node: Node): Code => {
      const local = computed.get(node);
      if (local === undefined) throw internal(`kernel: ${node.op} is used before it is computed`);
      return getLocal(local);
    };
    const roots = [...[...totals.keys()].map(({ inputs: [x] }) => x), ...stores.map(({ node }) => node)];
    for (const node of topologicalOrder(roots, (each) => this.#leaves.has(each) || isScalar(each.shape))) {
      const local = this.#local(width.type);
      computed.set(node, local);
      if (isScalar(node.shape)) {
        const repeat = width === FOUR ? F32X4.splat : [];
        setup.push(...this.#scalar(node), ...repeat, ...setLocal(local));
        continue;
      }
      const address = this.#leaves.get(node);
      const value =
        address === undefined
          ? elementwise(node, width, node.inputs.map(push))
          : [...getLocal(COUNTER), ...width.load(address)];
      body.push(...value, ...setLocal(local));
    }
    for (const [{ op, inputs }, total] of totals) {
      const combine = width.operations[REDUCTIONS[op].operation];
      body.push(...getLocal(total), ...push(inputs[0]), ...combine, ...setLocal(total));
    }
    for (const { node, address } of stores)
      body.push(...getLocal(COUNTER), ...push(node), ...width.store(address));
    const bytes = Float32Array.BYTES_PER_ELEMENT;
    this.code.push(...setup, ...loop(COUNTER, bytes * start, bytes * end, bytes * width.lanes, body));
  }
}

/** The pass in which each node can be computed: a reduction in the one after its input's, others with their inputs. */
function passesOf(order: readonly Node[], leaves: ReadonlyMap<Node, number>): Map<Node, number> {
  const passes = new Map<Node, number>();
  for (const node of order) {
    const inputs = leaves.has(node) ? [] : node.inputs;
    const pass = Math.max(0, ...inputs.map((each) => passes.get(each) ?? 0));
    passes.set(node, pass + (inputs.length > 0 && reducesVector(node) ? 1 : 0));
  }
  return passes;
}
