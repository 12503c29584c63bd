/**
 * @file The engine interface: an engine compiles a program, and each run of it is one update.
 *
 * onnx.ts and tfjs.ts implement it. The same engine, program, state and feeds give the same bits in every process.
 */

import { internal } from "../../shared/errors.ts";
import { elementCount, type InputNode } from "../graph/node.ts";
import type { Program } from "../graph/program.ts";

export interface Engine {
  /** `onnx`, `tfjs-node` or `tfjs-wasm`. */
  readonly name: string;
  /** Version of the underlying library. */
  readonly version: string;
  /** Versions of native libraries that no package.json states, by name, for the record of a run. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Why this backend was chosen, one line for a log; empty if there was no choice. */
  readonly reason: string;

  /** Compiles a program; its state starts as zeros. */
  compile(program: Program): Promise<Compiled>;
}

export interface RunOptions {
  /** Whether to skip the parts of the program that are marked delayed. */
  readonly skipDelayed: boolean;
}

/** A compiled program with its state; one run at a time. */
export interface Compiled {
  /**
   * One update: reads the feeds and the state, replaces the state, fills the outputs.
   *
   * Refilling the same arrays for every run is fastest. A run that throws leaves the state unchanged. With
   * `skipDelayed` the run neither computes nor changes delayed state and outputs.
   *
   * @param feeds one row-major array per feed of the program; read until the promise resolves
   * @throws an internal error if a feed is missing, unknown, or of the wrong length
   */
  run(feeds: Readonly<Record<string, Float32Array>>, options?: RunOptions): Promise<void>;

  /** The current value of a state vector: a read-only view, valid until the next run. */
  state(name: string): Float32Array;

  /** Replaces a state vector by a copy of `values`. */
  setState(name: string, values: Float32Array): void;

  /** The last run's value of an output: a read-only view, valid until the next run. */
  output(name: string): Float32Array;

  /** Frees native memory; a second call does nothing. */
  dispose(): void;
}

/** The array for a feed; throws if it is missing or has the wrong length. */
export function feedOf(
  { name, shape }: InputNode,
  feeds: Readonly<Record<string, Float32Array>>,
): Float32Array {
  const values = feeds[name];
  if (values === undefined) throw internal(`run: expected a feed ${name}, got none`);
  checkLength(name, elementCount(shape), values);
  return values;
}

/** Throws if a feed is not among the expected ones. */
export function refuseUnknownFeeds(
  expected: readonly InputNode[],
  feeds: Readonly<Record<string, Float32Array>>,
): void {
  for (const fed in feeds) {
    if (!expected.some(({ name }) => name === fed))
      throw internal(
        `run: expected the feeds ${expected.map(({ name }) => name).join(", ")}, got ${fed} as well`,
      );
  }
}

/** Throws unless an array has the length of its tensor. */
export function checkLength(name: string, expected: number, values: Float32Array): void {
  if (values.length !== expected)
    throw internal(`${name}: expected ${expected} numbers, got ${values.length}`);
}

/** The entry of that name; throws if there is none. */
export function entryOf<T>(entries: ReadonlyMap<string, T>, kind: string, name: string): T {
  const entry = entries.get(name);
  if (entry === undefined)
    throw internal(`${kind}: expected one of ${[...entries.keys()].join(", ")}, got ${name}`);
  return entry;
}

/** Why a library did not load: not installed, or the first line of its error. */
export function explainLoadFailure(library: string, error: unknown): string {
  if (!(error instanceof Error)) return `${library} does not work: ${String(error)}`;
  const missing = "code" in error && error.code === "MODULE_NOT_FOUND";
  return missing
    ? `${library} is not installed`
    : `${library} does not work: ${error.message.split("\n")[0]}`;
}
