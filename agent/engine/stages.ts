/**
 * @file Splits the engine's program into stages: ONNX Runtime computes matrix products, row kernels between them
 * normalise rows.
 *
 * Each stage reads what earlier ones wrote to memory. A program without row normalisation is one stage.
 */

import { elementCount, type InputNode, type Node, topologicalOrder } from "../graph/node.ts";
import { input } from "../graph/ops.ts";
import type { Output, Program } from "../graph/program.ts";
import { rebuild } from "../graph/simplify.ts";
import { decomposeRows, endsKernel, isNarrow, isRowOperation } from "./row-operations.ts";

export interface Stage {
  /** Rows of the matrices that a row kernel computes; undefined for a stage of ONNX Runtime. */
  readonly rows: number | undefined;
  /** The program's inputs and results of earlier stages. */
  readonly inputs: readonly InputNode[];
  /** The program's outputs and results for later stages. */
  readonly outputs: readonly Output[];
}

/**
 * Numbers of a matrix, above which rows are normalised by ONNX Runtime: its JavaScript binding copies each result that
 * leaves it, which then takes longer than the kernels save.
 */
const LARGEST_MATRIX = 256 * 128;

/** Splits a program without state. */
export function stagesOf({ feeds, outputs }: Program): Stage[] {
  const order = topologicalOrder(outputs.map(({ node }) => node));
  const normalized = order.filter((node) => node.op === "standardize" && node.shape.length === 2);
  const rows = normalized[0]?.shape[0] ?? 1;
  if (rows === 1 || normalized.some(({ shape }) => elementCount(shape) > LARGEST_MATRIX))
    return outputs.length === 0 ? [] : [{ rows: undefined, inputs: feeds, outputs }];
  const stages = assignStages(order, rows);
  const passed = passedResults(order, outputs, stages);
  const last = Math.max(0, ...stages.values());
  return Array.from({ length: last + 1 }, (_, stage) => {
    const results = stageResults(stage, { order, outputs, stages, passed });
    const isKernel = isKernelStage(stage);
    const own = isKernel ? decomposeRows(results) : results;
    const inputs = topologicalOrder(own.map(({ node }) => node)).filter((node) => node.op === "input");
    return { rows: isKernel ? rows : undefined, inputs, outputs: own };
  }).filter((stage) => stage.outputs.length > 0);
}

/** A stage's outputs, computed from its inputs. */
function stageResults(
  stage: number,
  {
    order,
    outputs,
    stages,
    passed,
  }: {
    readonly order: readonly Node[];
    readonly outputs: readonly Output[];
    readonly stages: ReadonlyMap<Node, number>;
    readonly passed: ReadonlyMap<Node, Passed>;
  },
): Output[] {
  const isOwn = (node: Node) => (stages.get(node) ?? 0) === stage;
  const rewritten = new Map<Node, Node>();
  const to = (node: Node): Node =>
    rewritten.get(node) ?? (isSource(node) ? node : (passed.get(node)?.input ?? node));
  for (const node of order) if (!isSource(node) && isOwn(node)) rewritten.set(node, rebuild(node, to));
  const results = [...passed.values()].filter(({ node, isOutput }) => isOwn(node) && !isOutput);
  return [
    ...outputs.filter(({ node }) => isOwn(node)),
    ...results.map(({ input: { name }, node }) => ({ name, node })),
  ].map(({ name, node }) => ({ name, node: to(node) }));
}

/** Stages with odd numbers are kernels. */
function isKernelStage(stage: number): boolean {
  return stage % 2 === 1;
}

function isSource({ op }: Node): boolean {
  return op === "input" || op === "constant";
}

/**
 * The stage of each computed node.
 *
 * Only row kernels reduce along rows and only ONNX Runtime multiplies matrices. What both can compute starts where its
 * last input is computed.
 */
function assignStages(order: readonly Node[], rows: number): ReadonlyMap<Node, number> {
  const stages = new Map<Node, number>();
  for (const node of order) {
    if (isSource(node)) continue;
    const before = node.inputs.filter((each) => !isSource(each));
    const latest = Math.max(0, ...before.map((each) => stages.get(each) ?? 0));
    const isOpen = !before.some((each) => stages.get(each) === latest && endsKernel(each));
    const fits = isKernelStage(latest) ? isOpen && isRowOperation(node, rows) : !reducesRows(node, rows);
    stages.set(node, fits ? latest : latest + 1);
  }
  postpone(order, rows, stages);
  return stages;
}

/** Whether only a row kernel computes a node well: it reduces rows of several columns. */
function reducesRows(node: Node, rows: number): boolean {
  if (!isRowOperation(node, rows) || endsKernel(node)) return false;
  switch (node.op) {
    case "standardize":
    case "inverseStd":
      return true;
    case "sum":
    case "mean":
      return !isNarrow(node.inputs[0]);
    default:
      return false;
  }
}

/**
 * Moves nodes to the stage that first uses them, unless more matrices would then pass between stages, and to the
 * kernels where only kernels use them.
 */
function postpone(order: readonly Node[], rows: number, stages: Map<Node, number>): void {
  const users = new Map<Node, Node[]>();
  for (const node of order)
    for (const each of node.inputs) users.set(each, [...(users.get(each) ?? []), node]);
  const stageOf = (node: Node) => stages.get(node) ?? 0;
  /** Sums over rows that nothing uses, and what only they use: they are computed where their input is. */
  const followers = new Set<Node>();
  for (const node of order.toReversed()) {
    const using = users.get(node) ?? [];
    const isLast = using.length === 0 ? endsKernel(node) : using.every((user) => followers.has(user));
    if (isLast && isRowOperation(node, rows)) followers.add(node);
  }
  const move = (node: Node, stage: number) => {
    stages.set(node, stage);
    for (const user of users.get(node) ?? [])
      if (followers.has(user)) move(user, Math.max(...user.inputs.map(stageOf)));
  };
  for (const node of order.toReversed()) {
    const using = (users.get(node) ?? []).filter((user) => !followers.has(user)).map(stageOf);
    if (isSource(node) || using.length === 0 || reducesRows(node, rows) || endsKernel(node)) continue;
    const own = stageOf(node);
    const first = Math.min(...using);
    const byKernel = isKernelStage(first) && isRowOperation(node, rows);
    const target = byKernel || !isKernelStage(first) ? first : first - 1;
    if (target <= own) continue;
    const toKernels = byKernel && !isKernelStage(own) && using.every(isKernelStage);
    const isSameKind = isKernelStage(target) === isKernelStage(own);
    const passed = node.inputs.filter((each) => {
      const others = (users.get(each) ?? []).filter((user) => user !== node).map(stageOf);
      return !isSource(each) && !others.some((stage) => stage > stageOf(each));
    });
    const saved = using.every((stage) => stage === target) ? 1 : 0;
    if (toKernels || (isSameKind && passed.length <= saved)) move(node, target);
  }
}

/** A result that a later stage reads. */
interface Passed {
  readonly node: Node;
  readonly input: InputNode;
  /** Whether it is written as an output of the program anyway. */
  readonly isOutput: boolean;
}

function passedResults(
  order: readonly Node[],
  outputs: readonly Output[],
  stages: ReadonlyMap<Node, number>,
): ReadonlyMap<Node, Passed> {
  const passed = new Map<Node, Passed>();
  for (const user of order) {
    for (const node of user.inputs) {
      if (isSource(node) || passed.has(node) || stages.get(node) === stages.get(user)) continue;
      const output = outputs.find((each) => each.node === node);
      const name = output?.name ?? `stage result ${passed.size}`;
      passed.set(node, { node, input: input(name, node.shape), isOutput: output !== undefined });
    }
  }
  return passed;
}
