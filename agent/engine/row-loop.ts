/** @file Writes the loops of a row kernel over the columns of one row. */

import { type Node, type ReduceNode, topologicalOrder } from "../graph/node.ts";
import { isNarrow } from "./row-operations.ts";
import type { LoopWork, Place, RowPlan } from "./row-plan.ts";
import { acrossLanes, elementwise, FOUR, inPairs, ONE, REDUCTIONS, type Width } from "./vector-operations.ts";
import {
  ADD_I32,
  type Code,
  constF32,
  constI32,
  F32,
  F32X4,
  getLocal,
  loadF32,
  loop,
  MUL_I32,
  setLocal,
  type ValueType,
} from "./wasm-function.ts";

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Vectors of a loop body: sums in separate variables do not wait for each other. */
const UNROLLED = 2;

/** Local variables. In a column of numbers: bytes before the tile, from there to the row, and before the row. */
export const TILE = 0;
export const ROW_IN_TILE = 1;
export const ROW = 2;
/** Bytes before the column in a row; before the row in a tile and in a matrix of the loop's width. */
const COLUMN = 3;
const START_IN_TILE = 4;
const START_IN_MATRIX = 5;

export const LOOP_LOCALS: readonly ValueType[] = ["i32", "i32", "i32", "i32", "i32", "i32"];

/** Consecutive columns that one loop computes, `copies` vectors or numbers at a time. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly width: Width;
  readonly copies: number;
}

/** Pushes the bytes before the current row in a place of rows of that many columns. */
export function rowStart(rows: Place["rows"], columns: number): Code {
  if (rows === "shared") return constI32(0);
  return [...getLocal(rows === "all" ? ROW : ROW_IN_TILE), ...constI32(columns), ...MUL_I32];
}

/** Pushes a number of the current row. */
export function rowNumber(plan: RowPlan, node: Node): Code {
  if (node.op === "constant") return constF32(node.values[0]!);
  const place = plan.placeOf(node);
  return [...rowStart(place.rows, 1), ...loadF32(place.address)];
}

/** Sets the columns of a row that starts at an address to a number. */
export function fillColumns(columns: number, address: number, value: number): Code {
  return segmentsOf(columns, 1).flatMap(({ from, to, width }) => {
    const body = [...getLocal(COLUMN), ...width.constant(value), ...width.store(address)];
    return loop(COLUMN, BYTES * from, BYTES * to, BYTES * width.lanes, body);
  });
}

/**
 * Writes a pass's loops over the columns of a row.
 *
 * @param declare declares a local variable
 * @returns the instructions, and those that push each reduction
 */
export function columnLoops(
  plan: RowPlan,
  work: LoopWork,
  { pass, columns }: { readonly pass: number; readonly columns: number },
  declare: (type: ValueType) => number,
): { readonly code: Code; readonly results: ReadonlyMap<ReduceNode, Code> } {
  const code: number[] = [];
  const results = new Map<ReduceNode, Code>();
  code.push(...rowStart("all", columns), ...setLocal(START_IN_MATRIX));
  code.push(...rowStart("tile", columns), ...setLocal(START_IN_TILE));
  for (const segment of segmentsOf(columns, UNROLLED)) {
    const { width, copies } = segment;
    const partial = new Map<ReduceNode, readonly number[]>();
    for (const node of work.reductions) {
      const locals = Array.from({ length: copies }, () => declare(width.type));
      partial.set(node, locals);
      for (const local of locals) code.push(...width.constant(REDUCTIONS[node.op].start), ...setLocal(local));
    }
    code.push(...segmentLoop(plan, work, pass, segment, partial, declare));
    for (const [node, locals] of partial) {
      const { operation } = REDUCTIONS[node.op];
      const [first = 0] = locals;
      code.push(...inPairs(locals.map(getLocal), width.operations[operation]), ...setLocal(first));
      const sum = acrossLanes(first, width, F32[operation]);
      const before = results.get(node);
      results.set(node, before === undefined ? sum : [...before, ...sum, ...F32[operation]]);
    }
  }
  for (const [node, sum] of results)
    if (node.op === "mean") results.set(node, [...sum, ...constF32(1 / columns), ...F32.mul]);
  return { code, results };
}

/** Writes one loop, and before it the loads of values that have one number per row. */
function segmentLoop(
  plan: RowPlan,
  { reductions, totals, writes }: LoopWork,
  pass: number,
  { from, to, width, copies }: Segment,
  partial: ReadonlyMap<ReduceNode, readonly number[]>,
  declare: (type: ValueType) => number,
): Code {
  const setup: number[] = [];
  const body: number[] = [];
  const isReady = (node: Node) => plan.isReady(node, pass);
  const roots = [
    ...[...reductions, ...totals.map(({ node }) => node)].map(({ inputs: [x] }) => x),
    ...writes.map(({ node }) => node),
  ];
  const needed = topologicalOrder(roots, isReady);
  const locals = new Map(needed.map((node) => [node, declare(width.type)]));
  const push = (node: Node) => getLocal(locals.get(node)!);
  for (const node of needed) {
    if (!isNarrow(node)) continue;
    const repeat = width === FOUR ? F32X4.splat : [];
    setup.push(...rowNumber(plan, node), ...repeat, ...setLocal(locals.get(node)!));
  }
  for (let copy = 0; copy < copies; copy++) {
    const offset = BYTES * width.lanes * copy;
    for (const node of needed) {
      if (isNarrow(node)) continue;
      const place = isReady(node) ? plan.placeOf(node) : undefined;
      const value =
        place === undefined
          ? elementOf(node, width, push, isReady)
          : [...elementStart(place), ...width.load(place.address + offset)];
      body.push(...value, ...setLocal(locals.get(node)!));
    }
    for (const [{ op, inputs }, sums] of partial) {
      const combine = width.operations[REDUCTIONS[op].operation];
      const sum = sums[copy]!;
      body.push(...getLocal(sum), ...push(inputs[0]), ...combine, ...setLocal(sum));
    }
    for (const { node, address } of totals) {
      const combine = width.operations[REDUCTIONS[node.op].operation];
      const before = [...getLocal(COLUMN), ...width.load(address + offset)];
      body.push(...getLocal(COLUMN), ...before, ...push(node.inputs[0]), ...combine);
      body.push(...width.store(address + offset));
    }
    for (const { node, place } of writes)
      body.push(...elementStart(place), ...push(node), ...width.store(place.address + offset));
  }
  return [...setup, ...loop(COLUMN, BYTES * from, BYTES * to, BYTES * width.lanes * copies, body)];
}

/** Pushes the bytes before the current element. */
function elementStart({ rows }: Place): Code {
  if (rows === "shared") return getLocal(COLUMN);
  return [...getLocal(rows === "all" ? START_IN_MATRIX : START_IN_TILE), ...getLocal(COLUMN), ...ADD_I32];
}

/**
 * Pushes a value computed from others.
 *
 * A choice by a comparison uses the comparison's bits, without turning them into numbers and back.
 */
function elementOf(
  node: Node,
  width: Width,
  push: (node: Node) => Code,
  isReady: (node: Node) => boolean,
): Code {
  const [condition, yes, no] = node.inputs;
  const isCompared = condition?.op === "greater" || condition?.op === "less";
  if (width !== FOUR || node.op !== "select" || !isCompared || isReady(condition))
    return elementwise(node, width, node.inputs.map(push));
  const bits = [...condition.inputs.flatMap(push), ...F32X4[condition.op]];
  const isZero = no?.op === "constant" && Object.is(no.values[0], 0);
  return [...push(yes!), ...(isZero ? [] : push(no!)), ...bits, ...(isZero ? F32X4.and : F32X4.bitselect)];
}

/** Splits columns: as many vectors at a time as are unrolled, then single vectors, then single numbers. */
function segmentsOf(columns: number, unrolled: number): Segment[] {
  const inCopies = columns - (columns % (FOUR.lanes * unrolled));
  const inVectors = columns - (columns % FOUR.lanes);
  return [
    { from: 0, to: inCopies, width: FOUR, copies: unrolled },
    { from: inCopies, to: inVectors, width: FOUR, copies: 1 },
    { from: inVectors, to: columns, width: ONE, copies: 1 },
  ].filter(({ from, to }) => from < to);
}
