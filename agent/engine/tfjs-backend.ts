/** @file Finds a TensorFlow.js that works here: tfjs-node if it can multiply, else the WebAssembly backend. */

import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as Tensorflow from "@tensorflow/tfjs";
import type * as Wasm from "@tensorflow/tfjs-backend-wasm";
import { InputError } from "../../shared/errors.ts";
import { explainLoadFailure } from "./engine.ts";

export type Tf = typeof Tensorflow;

export interface TensorflowBackend {
  readonly tf: Tf;
  readonly name: "tfjs-node" | "tfjs-wasm";
  /** Why it was taken, one line. */
  readonly reason: string;
}

/**
 * Loads the best backend that works, which is told by one real multiplication: tfjs-node may import
 * well and then fail at its first operation.
 *
 * @param from the file or URL from which packages are looked up
 * @throws InputError that says what to install, if there is no backend that works
 */
export async function loadTensorflow(from: string = import.meta.url): Promise<TensorflowBackend> {
  const require = createRequire(from);
  let nodeFault: string;
  try {
    restoreOldUtil(require);
    const tf: Tf = require("@tensorflow/tfjs-node");
    probe(tf);
    return { tf, name: "tfjs-node", reason: "@tensorflow/tfjs-node works here" };
  } catch (error) {
    nodeFault = explainLoadFailure("@tensorflow/tfjs-node", error);
  }
  try {
    const tf: Tf = require("@tensorflow/tfjs");
    const wasm: typeof Wasm = require("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    const started = await withoutNewListeners(() => tf.setBackend("wasm"));
    if (!started) throw new Error("the WebAssembly backend does not start");
    probe(tf);
    return { tf, name: "tfjs-wasm", reason: nodeFault };
  } catch (error) {
    throw new InputError(
      `engine tfjs: ${nodeFault}; ${explainLoadFailure("@tensorflow/tfjs with @tensorflow/tfjs-backend-wasm", error)}. ` +
        "Install one with `npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm`, or use `--engine onnx`",
    );
  }
}

/** Puts back what tfjs-node 4.22 calls and Node 23 removed from `util`; CommonJS, as an ES module's namespace is frozen. */
function restoreOldUtil(require: NodeJS.Require): void {
  const util: Record<string, unknown> = require("node:util");
  util["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  util["isUndefined"] ??= (value: unknown) => value === undefined;
  util["isArray"] ??= Array.isArray;
}

/**
 * Removes what a start leaves listening for uncaught errors: Emscripten's listeners throw every error
 * again from within, so that Node prints the backend's whole source instead of the error.
 */
async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  const uncaught = new Set(process.listeners("uncaughtException"));
  const unhandled = new Set(process.listeners("unhandledRejection"));
  try {
    return await start();
  } finally {
    for (const listener of process.listeners("uncaughtException")) {
      if (!uncaught.has(listener)) process.off("uncaughtException", listener);
    }
    for (const listener of process.listeners("unhandledRejection")) {
      if (!unhandled.has(listener)) process.off("unhandledRejection", listener);
    }
  }
}

function probe(tf: Tf): void {
  const product = tf.tidy(
    () => tf.matMul(tf.tensor2d([2, 3], [1, 2]), tf.tensor2d([5, 7], [2, 1])).dataSync()[0],
  );
  if (product !== 31) throw new Error(`2·5 + 3·7 came out as ${product}`);
}
