/** @file A training update as data: what is carried from run to run, what is fed, what is reported. */

import { internal } from "../../shared/errors.ts";
import { type InputNode, type Node, sameShape, showShape, topologicalOrder } from "./node.ts";

/** A vector carried from one run to the next: `current` is what the run reads, `next` replaces it. */
export interface Carried {
  readonly name: string;
  readonly current: InputNode;
  readonly next: Node;
  /** Whether a brief run leaves it as it is. */
  readonly occasional?: boolean;
}

/** A node whose value is reported under a name. */
export interface Output {
  readonly name: string;
  readonly node: Node;
  /** Whether a brief run leaves it as it was reported last. */
  readonly occasional?: boolean;
}

export interface Program {
  readonly state: readonly Carried[];
  /** Fed anew each run. */
  readonly feeds: readonly InputNode[];
  /** Reported each run. */
  readonly outputs: readonly Output[];
}

/**
 * The program of a brief run: without what is occasional; vectors that it reads but does not replace are feeds.
 *
 * @returns undefined where nothing is occasional, so that a brief run is a whole one
 */
export function briefly(program: Program): Program | undefined {
  const often = ({ occasional }: Carried | Output) => occasional !== true;
  const brief = { feeds: [], state: program.state.filter(often), outputs: program.outputs.filter(often) };
  if (brief.state.length === program.state.length && brief.outputs.length === program.outputs.length)
    return undefined;
  const own = new Set<Node>(brief.state.map(({ current }) => current));
  const inputs = topologicalOrder(rootsOf(brief)).filter((node) => node.op === "input");
  return { ...brief, feeds: inputs.filter((node) => !own.has(node)) };
}

/** All nodes that a program computes, in the order of its state and then its outputs. */
export function rootsOf(program: Program): Node[] {
  return [...program.state.map(({ next }) => next), ...program.outputs.map(({ node }) => node)];
}

/**
 * Checks that a program hangs together: names are unique, shapes carry over, every input is known.
 *
 * @throws a fault of ours that names what does not fit
 */
export function checkProgram(program: Program): void {
  const carried = program.state.map(({ current }) => current);
  unique(
    "state",
    program.state.map(({ name }) => name),
  );
  unique(
    "output",
    program.outputs.map(({ name }) => name),
  );
  unique(
    "input",
    [...carried, ...program.feeds].map(({ name }) => name),
  );
  for (const { name, current, next } of program.state) {
    if (!sameShape(current.shape, next.shape)) {
      throw internal(
        `program: expected ${name} to keep its shape, got ${showShape(current.shape)} → ${showShape(next.shape)}`,
      );
    }
  }
  const known = new Set<Node>([...carried, ...program.feeds]);
  for (const node of topologicalOrder(rootsOf(program))) {
    if (node.op === "input" && !known.has(node)) {
      throw internal(`program: the input ${node.name} is neither carried nor fed`);
    }
  }
}

function unique(what: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw internal(`program: two ${what}s are called ${twice}`);
}
