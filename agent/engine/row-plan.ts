/**
 * @file Plans a row kernel: the pass in which each value is computed, and where it is kept for later passes.
 *
 * A reduction along the rows ends a pass: the next one uses its result. The kernel runs all passes on a tile of some
 * rows before it turns to the next tile, so what a pass leaves for the next is still in the cache.
 */

import { internal } from "../../shared/errors.ts";
import { isReduction, type Node, type ReduceNode, topologicalOrder } from "../graph/node.ts";
import { extentOf, isNarrow } from "./row-operations.ts";
import type { Store } from "./vector-kernel.ts";

/** Where a value is in memory: one for all rows, for the rows of a tile, or for every row. */
export interface Place {
  readonly address: number;
  readonly rows: "shared" | "tile" | "all";
}

/** A reduction over rows, with its address. */
export interface Total {
  readonly node: ReduceNode;
  readonly address: number;
}

/** Results of one loop over columns, whose operands overlap. */
export interface LoopWork {
  readonly reductions: readonly ReduceNode[];
  readonly totals: readonly Total[];
  readonly writes: readonly { readonly node: Node; readonly place: Place }[];
}

export class RowPlan {
  readonly order: readonly Node[];
  readonly passes: number;
  readonly totals: readonly Total[];
  /** Values to write, without totals. */
  readonly #stores: readonly Store[];
  readonly #rows: number;
  readonly #leaves: ReadonlyMap<Node, number>;
  readonly #passOf = new Map<Node, number>();
  readonly #places = new Map<Node, Place>();

  /** @param tileRows rows of a tile, for which `reserve` returns the address of memory for that many numbers */
  constructor(
    stores: readonly Store[],
    leaves: ReadonlyMap<Node, number>,
    { rows, tileRows }: { rows: number; tileRows: number },
    reserve: (count: number) => number,
  ) {
    this.#rows = rows;
    this.#leaves = leaves;
    const roots = stores.map(({ node }) => node);
    this.order = topologicalOrder(roots, (node) => this.isLeaf(node));
    this.totals = stores.flatMap(({ node, address }) =>
      isReduction(node) && isTotal(node) ? [{ node, address }] : [],
    );
    this.#stores = stores.filter(({ node }) => !isTotal(node));
    for (const node of this.order) {
      const inputs = this.isLeaf(node) ? [] : node.inputs;
      const latest = Math.max(0, ...inputs.map((each) => this.passOf(each)));
      this.#passOf.set(node, latest + (inputs.length > 0 && isAcrossColumns(node) ? 1 : 0));
    }
    this.passes = 1 + Math.max(0, ...this.#passOf.values());
    for (const node of this.order) {
      const place = this.#choosePlace(node, (count) => reserve(count * tileRows));
      if (place !== undefined) this.#places.set(node, place);
    }
  }

  /** Whether a value is in memory before a run. */
  isLeaf(node: Node): boolean {
    return this.#leaves.has(viewed(node));
  }

  /** Whether a value is one row that all rows share. */
  isShared(node: Node): boolean {
    return extentOf(node)[0] !== this.#rows;
  }

  passOf(node: Node): number {
    return this.#passOf.get(node) ?? 0;
  }

  placeOf(node: Node): Place {
    const place = this.#places.get(node);
    if (place === undefined) throw internal(`row kernel: ${node.op} is not in memory`);
    return place;
  }

  /** Whether a loop of that pass reads a value from memory. */
  isReady(node: Node, pass: number): boolean {
    if (!this.#places.has(node)) return false;
    return this.isLeaf(node) || isNarrow(node) || node.op === "concat" || this.passOf(node) < pass;
  }

  /** The values of that many columns that are computed in a pass, besides totals. */
  dueIn(pass: number, columns: number): Node[] {
    return this.order.filter(
      (node) => this.passOf(node) === pass && extentOf(node)[1] === columns && !isTotal(node),
    );
  }

  /** The widths of matrices that a pass loops over. */
  widthsIn(pass: number): number[] {
    const widths = this.order.filter((node) => this.passOf(node) === pass).map((node) => extentOf(node)[1]);
    return [...new Set(widths)].filter((columns) => columns > 1);
  }

  /** A pass's loops over that many columns, split where they share no value: each then needs fewer registers. */
  loopsOf(pass: number, columns: number): LoopWork[] {
    const due = this.dueIn(pass, columns);
    const groups: { values: Set<Node>; work: LoopWork }[] = [];
    const add = (root: Node, part: Partial<LoopWork>) => {
      const isReady = (node: Node) => this.isReady(node, pass);
      const needed = topologicalOrder([root], isReady);
      const values = new Set([root, ...needed.filter((node) => !isReady(node) && node.op !== "constant")]);
      const joined = groups.filter((group) => [...group.values].some((node) => values.has(node)));
      const parts: readonly Partial<LoopWork>[] = [...joined.map(({ work }) => work), part];
      for (const group of joined) {
        for (const node of group.values) values.add(node);
        groups.splice(groups.indexOf(group), 1);
      }
      const work = {
        reductions: parts.flatMap(({ reductions = [] }) => reductions),
        totals: parts.flatMap(({ totals = [] }) => totals),
        writes: parts.flatMap(({ writes = [] }) => writes),
      };
      groups.push({ values, work });
    };
    for (const node of this.order) {
      if (isReduction(node) && isAcrossColumns(node) && due.includes(node.inputs[0]))
        add(node.inputs[0], { reductions: [node] });
    }
    for (const total of this.totals)
      if (due.includes(total.node.inputs[0])) add(total.node.inputs[0], { totals: [total] });
    for (const node of due) {
      const places = this.placesOf(node).filter((_, i) => node.op !== "concat" || i > 0);
      if (places.length > 0 && !this.isLeaf(node))
        add(node, { writes: places.map((place) => ({ node, place })) });
    }
    return groups.map(({ work }) => work);
  }

  /** Where a computed value is written: its place, and the addresses of further stores. */
  placesOf(node: Node): Place[] {
    const own = this.#places.get(node);
    const stored = this.#storesOf(node).filter(({ address }) => address !== own?.address);
    return [...(own === undefined ? [] : [own]), ...stored];
  }

  /** The places of a value's stores. */
  #storesOf(node: Node): Place[] {
    const rows = this.isShared(node) ? "shared" : "all";
    return this.#stores.filter((each) => each.node === node).map(({ address }) => ({ address, rows }));
  }

  #choosePlace(node: Node, reserveTile: (count: number) => number): Place | undefined {
    const leaf = this.#leaves.get(viewed(node));
    if (leaf !== undefined) return { address: leaf, rows: this.isShared(node) ? "shared" : "all" };
    if (node.op === "constant" || isTotal(node)) return undefined;
    const isMatrix = !isNarrow(node);
    if (isMatrix && this.isShared(node)) return undefined;
    if (node.op !== "concat" && !this.#isReadLater(node)) return undefined;
    const stored = this.#storesOf(node).find(({ rows }) => rows === "all");
    return stored ?? { address: reserveTile(extentOf(node)[1]), rows: "tile" };
  }

  /** Whether a later loop or pass reads a computed value. */
  #isReadLater(node: Node): boolean {
    if (isAcrossColumns(node)) return true;
    const isUser = ({ inputs }: Pick<Node, "inputs">) => inputs.some((each) => each === node);
    return this.order.some((user) => {
      if (this.isLeaf(user) || !isUser(user)) return false;
      if (user.op === "slice" || user.op === "concat") return true;
      if (isReduction(user)) return false;
      return this.passOf(user) > this.passOf(node) || isNarrow(node) !== isNarrow(user);
    });
  }
}

/** The value whose numbers a leaf shows: a reshaped leaf is the same memory. */
function viewed(node: Node): Node {
  return node.op === "reshape" ? node.inputs[0] : node;
}

/** Whether a node is a reduction over rows. */
function isTotal(node: Node): boolean {
  return isReduction(node) && node.axes.includes(0);
}

/** Whether a number is read or computed from all columns of a row, which takes a loop over rows. */
export function isAcrossColumns(node: Node): boolean {
  if (node.op === "slice") return true;
  return isReduction(node) && !isTotal(node) && !isNarrow(node.inputs[0]);
}
