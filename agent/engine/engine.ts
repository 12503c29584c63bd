/**
 * @file What runs a program: an engine compiles it once, then each run is one update.
 *
 * Two engines stand behind this: onnx.ts and tfjs.ts. The same engine, program, state and feeds give
 * the same bits, in every process.
 */

import { internal } from "../../shared/errors.ts";
import { elementCount, type InputNode } from "../graph/node.ts";
import type { Program } from "../graph/program.ts";

export interface Engine {
  /** `onnx`, `tfjs-node` or `tfjs-wasm`. */
  readonly name: string;
  /** Of the library behind it. */
  readonly version: string;
  /** Why this one was taken where there was a choice, one line for a log; empty if there was none. */
  readonly reason: string;

  /** Readies a program to run; all carried state starts as zeros. */
  compile(program: Program): Promise<Compiled>;
}

export interface RunOptions {
  /** Whether to leave out the parts of the program that are marked delayed. */
  readonly skipDelayed: boolean;
}

/** A program ready to run, with its state; one run at a time. */
export interface Compiled {
  /**
   * One update: reads the feeds and the present state, replaces the state, fills the outputs.
   *
   * Feeds may be the same arrays at every run, filled anew by their owner: that is the fast way.
   * After a run that throws, the state is what it was before. With `skipDelayed` the run neither computes nor changes
   * delayed state and outputs.
   *
   * @param feeds one array for each feed of the program, row-major; read until the promise resolves
   * @throws a fault of ours if a feed is missing, unknown, or has the wrong number of numbers
   */
  run(feeds: Readonly<Record<string, Float32Array>>, options?: RunOptions): Promise<void>;

  /** The present value of a carried vector: a view, valid until the next run; not to be written to. */
  state(name: string): Float32Array;

  /** Replaces a carried vector by a copy of `values`: initial weights, or those of a checkpoint. */
  setState(name: string, values: Float32Array): void;

  /** The last run's value of an output: a view, valid until the next run; not to be written to. */
  output(name: string): Float32Array;

  /** Frees what the garbage collector does not; a second call does nothing. */
  dispose(): void;
}

/** The array that is fed for an input; throws if there is none or it has the wrong number of numbers. */
export function feedOf(
  { name, shape }: InputNode,
  feeds: Readonly<Record<string, Float32Array>>,
): Float32Array {
  const values = feeds[name];
  if (values === undefined) throw internal(`run: nothing is fed for ${name}`);
  checkLength(name, elementCount(shape), values);
  return values;
}

/** Throws if something is fed that no input takes. */
export function refuseUnknownFeeds(
  expected: readonly InputNode[],
  feeds: Readonly<Record<string, Float32Array>>,
): void {
  for (const fed in feeds) {
    if (!expected.some(({ name }) => name === fed)) throw internal(`run: no input is called ${fed}`);
  }
}

/** Throws unless an array has as many numbers as the tensor it is for. */
export function checkLength(name: string, expected: number, values: Float32Array): void {
  if (values.length !== expected)
    throw internal(`${name}: expected ${expected} numbers, got ${values.length}`);
}

/** The entry of that name; throws if there is none. */
export function known<T>(entries: ReadonlyMap<string, T>, what: string, name: string): T {
  const entry = entries.get(name);
  if (entry === undefined)
    throw internal(`no ${what} is called ${name}; there are: ${[...entries.keys()].join(", ")}`);
  return entry;
}

/** Why a library did not load, in a few words: not installed, or the first line of its error. */
export function explainLoadFailure(library: string, error: unknown): string {
  if (!(error instanceof Error)) return `${library} does not work: ${String(error)}`;
  const missing = "code" in error && error.code === "MODULE_NOT_FOUND";
  return missing
    ? `${library} is not installed`
    : `${library} does not work: ${error.message.split("\n")[0]}`;
}
