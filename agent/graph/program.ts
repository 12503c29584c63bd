/** @file A program: a graph with state that is kept between runs, feeds, and outputs. */

import { internal } from "../../shared/errors.ts";
import { type InputNode, type Node, sameShape, showShape, topologicalOrder } from "./node.ts";

/** One vector of the state: each run reads `current` and replaces it by `next`. */
export interface StateUpdate {
  readonly current: InputNode;
  readonly next: Node;
  /** Whether runs with `skipDelayed` leave it unchanged. */
  readonly delayed?: boolean;
}

/** A node whose value is reported under a name. */
export interface Output {
  readonly name: string;
  readonly node: Node;
  /** Whether runs with `skipDelayed` leave it at its last value. */
  readonly delayed?: boolean;
}

export interface Program {
  readonly state: readonly StateUpdate[];
  /** Inputs that the caller fills before each run. */
  readonly feeds: readonly InputNode[];
  readonly outputs: readonly Output[];
}

/**
 * The program without its delayed parts; state that it reads but does not replace becomes a feed.
 *
 * @returns undefined if nothing is delayed
 */
export function withoutDelayed(program: Program): Program | undefined {
  const isPrompt = ({ delayed }: StateUpdate | Output) => delayed !== true;
  const state = program.state.filter(isPrompt);
  const outputs = program.outputs.filter(isPrompt);
  if (state.length === program.state.length && outputs.length === program.outputs.length) return undefined;
  const replaced = new Set<Node>(state.map(({ current }) => current));
  const inputs = topologicalOrder(rootsOf({ state, outputs })).filter((node) => node.op === "input");
  return { state, outputs, feeds: inputs.filter((node) => !replaced.has(node)) };
}

/** The nodes that a run computes: the next state, then the outputs. */
export function rootsOf({ state, outputs }: Pick<Program, "state" | "outputs">): Node[] {
  return [...state.map(({ next }) => next), ...outputs.map(({ node }) => node)];
}

/**
 * Checks that names are unique, that state keeps its shape, and that every input is state or a feed.
 *
 * @throws an internal error that names the offender
 */
export function checkProgram(program: Program): void {
  const stateInputs = program.state.map(({ current }) => current);
  const inputs = [...stateInputs, ...program.feeds];
  checkUnique("output", program.outputs);
  checkUnique("input", inputs);
  for (const { current, next } of program.state) {
    if (!sameShape(current.shape, next.shape)) {
      throw internal(
        `program: expected ${current.name} to keep its shape, got ${showShape(current.shape)} → ${showShape(next.shape)}`,
      );
    }
  }
  const declared = new Set<Node>(inputs);
  for (const node of topologicalOrder(rootsOf(program))) {
    if (node.op === "input" && !declared.has(node)) {
      throw internal(`program: expected the input ${node.name} to be state or a feed, got neither`);
    }
  }
}

function checkUnique(kind: string, entries: readonly { readonly name: string }[]): void {
  const names = entries.map(({ name }) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw internal(`program: expected unique ${kind} names, got ${repeated} twice`);
}
