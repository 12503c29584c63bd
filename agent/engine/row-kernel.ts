/**
 * @file Compiles arithmetic on the rows of matrices into one WebAssembly function of SIMD loops.
 *
 * Layer normalisation, the critic's last layer, its loss and their gradients are three dozen operations on the same
 * rows. One by one, each reads and writes matrices. Here one function does all of it, tile by tile of a few rows. In
 * each pass (row-plan.ts) it first computes the values with one number per row, for four rows at a time, and then
 * loops over the columns of each row (row-loop.ts).
 */

import { type Node, topologicalOrder } from "../graph/node.ts";
import {
  columnLoops,
  fillColumns,
  LOOP_LOCALS,
  ROW,
  ROW_IN_TILE,
  rowNumber,
  rowStart,
  TILE,
} from "./row-loop.ts";
import { extentOf, isNarrow } from "./row-operations.ts";
import { isAcrossColumns, type Place, RowPlan, type Total } from "./row-plan.ts";
import type { Store } from "./vector-kernel.ts";
import { acrossLanes, elementwise, FOUR, ONE, REDUCTIONS, type Width } from "./vector-operations.ts";
import {
  ADD_I32,
  type Code,
  constF32,
  constI32,
  extractLane,
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

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Rows of a tile: enough that other rows hide the latency of a row's reductions. */
const TILE_ROWS = 8;

/**
 * Returns the bytes of a module whose function `run` computes all stores, over an imported memory.
 *
 * @param stores  values of `decomposeRows`
 * @param leaves  byte addresses of the values that are in memory before a run; disjoint from the stores
 * @param rows    rows of the matrices
 * @param reserve returns the byte address of memory for that many numbers
 */
export function rowKernelModule(
  stores: readonly Store[],
  leaves: ReadonlyMap<Node, number>,
  rows: number,
  reserve: (count: number) => number,
): Uint8Array<ArrayBuffer> {
  const isTiled = rows % TILE_ROWS === 0;
  const tileRows = isTiled ? TILE_ROWS : 1;
  const plan = new RowPlan(stores, leaves, { rows, tileRows }, reserve);
  const { locals, code } = new RowKernelWriter(plan, rows, tileRows, isTiled ? FOUR : ONE);
  return wasmModule(locals, code);
}

class RowKernelWriter {
  readonly locals: ValueType[] = [...LOOP_LOCALS];
  readonly code: number[] = [];
  readonly #plan: RowPlan;
  readonly #tileRows: number;
  /** Rows at a time for values with one number per row. */
  readonly #width: Width;

  constructor(plan: RowPlan, rows: number, tileRows: number, width: Width) {
    this.#plan = plan;
    this.#tileRows = tileRows;
    this.#width = width;
    const sums = new Map<Total, number>();
    for (const total of plan.totals) {
      const { start } = REDUCTIONS[total.node.op];
      if (!isNarrow(total.node))
        this.code.push(...fillColumns(extentOf(total.node)[1], total.address, start));
      else {
        const local = this.#declare(width.type);
        sums.set(total, local);
        this.code.push(...width.constant(start), ...setLocal(local));
      }
    }
    const tile = this.#section(() => {
      for (let pass = 0; pass < plan.passes; pass++) {
        this.#writeNumbers(pass, sums);
        for (const columns of plan.widthsIn(pass)) this.#writeRows(pass, columns);
      }
    });
    this.code.push(...loop(TILE, 0, BYTES * rows, BYTES * tileRows, tile));
    for (const [{ node, address }, local] of sums) {
      const total = acrossLanes(local, width, F32[REDUCTIONS[node.op].operation]);
      const share = node.op === "mean" ? [...constF32(rows), ...F32.div] : [];
      this.code.push(...constI32(0), ...total, ...share, ...storeF32(address));
    }
  }

  #declare(type: ValueType): number {
    this.locals.push(type);
    return this.locals.length - 1;
  }

  /** The instructions that a function writes. */
  #section(write: () => void): Code {
    const before = this.code.splice(0);
    write();
    const written = this.code.splice(0);
    this.code.push(...before);
    return written;
  }

  /** Computes the numbers of a pass, for all rows of a tile. */
  #writeNumbers(pass: number, sums: ReadonlyMap<Total, number>): void {
    const plan = this.#plan;
    const width = this.#width;
    const isKnown = (node: Node) =>
      node.op === "constant" || plan.isLeaf(node) || isAcrossColumns(node) || plan.passOf(node) < pass;
    const due = plan.dueIn(pass, 1);
    const computed = due.filter((node) => !isKnown(node));
    const added = [...sums].filter(([{ node }]) => due.includes(node.inputs[0]));
    const needed = topologicalOrder([...computed, ...added.map(([{ node }]) => node.inputs[0])], isKnown);
    const locals = new Map(needed.map((node) => [node, this.#declare(width.type)]));
    const push = (node: Node) => getLocal(locals.get(node)!);
    for (let row = 0; row < this.#tileRows; row += width.lanes) {
      const offset = BYTES * row;
      for (const node of needed) {
        const value = isKnown(node)
          ? this.#loadNumbers(node, offset)
          : elementwise(node, width, node.inputs.map(push));
        this.code.push(...value, ...setLocal(locals.get(node)!));
      }
      for (const node of computed) {
        for (const { rows, address } of plan.placesOf(node)) {
          if (rows === "shared")
            this.code.push(...constI32(0), ...firstLane(locals.get(node)!, width), ...storeF32(address));
          else this.code.push(...tileStart(rows), ...push(node), ...width.store(address + offset));
        }
      }
      for (const [{ node }, sum] of added) {
        const combine = width.operations[REDUCTIONS[node.op].operation];
        this.code.push(...getLocal(sum), ...push(node.inputs[0]), ...combine, ...setLocal(sum));
      }
    }
  }

  /** Pushes a number of each of the next rows of a tile. */
  #loadNumbers(node: Node, offset: number): Code {
    const { constant, load, lanes } = this.#width;
    if (node.op === "constant") return constant(node.values[0]!);
    const { rows, address } = this.#plan.placeOf(node);
    if (rows !== "shared") return [...tileStart(rows), ...load(address + offset)];
    const number = [...constI32(0), ...loadF32(address)];
    return lanes === 1 ? number : [...number, ...F32X4.splat];
  }

  /** Writes a pass's loops over the rows of a tile and that many columns. */
  #writeRows(pass: number, columns: number): void {
    const plan = this.#plan;
    for (const node of plan.dueIn(pass, columns)) {
      if (node.op === "concat" && !plan.isLeaf(node)) this.#eachRow(() => this.#joinNumbers(node, columns));
    }
    for (const work of plan.loopsOf(pass, columns)) {
      this.#eachRow(() => {
        const declare = (type: ValueType) => this.#declare(type);
        const { code, results } = columnLoops(plan, work, { pass, columns }, declare);
        this.code.push(...code);
        for (const [node, result] of results) this.#storeNumber(node, result);
      });
    }
    for (const node of plan.order) {
      if (node.op !== "slice" || plan.isLeaf(node)) continue;
      const [x] = node.inputs;
      if (plan.passOf(x) !== pass || extentOf(x)[1] !== columns) continue;
      const { rows, address } = plan.placeOf(x);
      const element = [...rowStart(rows, columns), ...loadF32(address + BYTES * node.start)];
      this.#eachRow(() => this.#storeNumber(node, element));
    }
  }

  #eachRow(write: () => void): void {
    const row = this.#section(() => {
      this.code.push(...getLocal(TILE), ...getLocal(ROW_IN_TILE), ...ADD_I32, ...setLocal(ROW));
      write();
    });
    this.code.push(...loop(ROW_IN_TILE, 0, BYTES * this.#tileRows, BYTES, row));
  }

  #joinNumbers(node: Node, columns: number): void {
    const { rows, address } = this.#plan.placeOf(node);
    for (const [i, part] of node.inputs.entries()) {
      const number = rowNumber(this.#plan, part);
      this.code.push(...rowStart(rows, columns), ...number, ...storeF32(address + BYTES * i));
    }
  }

  #storeNumber(node: Node, value: Code): void {
    const local = this.#declare("f32");
    this.code.push(...value, ...setLocal(local));
    for (const { rows, address } of this.#plan.placesOf(node))
      this.code.push(...rowStart(rows, 1), ...getLocal(local), ...storeF32(address));
  }
}

/** Pushes the bytes before a tile in a column of numbers. */
function tileStart(rows: Place["rows"]): Code {
  return rows === "all" ? getLocal(TILE) : constI32(0);
}

function firstLane(local: number, width: Width): Code {
  return width === ONE ? getLocal(local) : [...getLocal(local), ...extractLane(0)];
}
