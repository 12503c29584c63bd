/** @file Loads a working TensorFlow.js: tfjs-node if it can multiply matrices, else the WebAssembly backend. */

import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as Tensorflow from "@tensorflow/tfjs";
import type * as Wasm from "@tensorflow/tfjs-backend-wasm";
import { InputError } from "../../shared/errors.ts";
import { isRecord } from "../../shared/is-record.ts";
import { explainLoadFailure } from "./engine.ts";

export type Tf = typeof Tensorflow;

export interface TensorflowBackend {
  readonly tf: Tf;
  readonly name: "tfjs-node" | "tfjs-wasm";
  /** Selects the backend again, after other code has selected another one of the same TensorFlow.js. */
  readonly select: () => Promise<void>;
  /** Versions of native libraries, by name. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Why it was chosen, one line. */
  readonly reason: string;
}

/**
 * Loads the fastest working backend. Each is tested by one multiplication, because tfjs-node may import
 * and then fail at its first operation.
 *
 * @param from file or URL from which packages are resolved
 * @throws InputError with the packages to install, if no backend works
 */
export async function loadTensorflow(from: string = import.meta.url): Promise<TensorflowBackend> {
  const require = createRequire(from);
  let nodeFailure: string;
  try {
    restoreOldUtil(require);
    // Errors only: the library prints the processor's features otherwise.
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
    const tf: Tf = require("@tensorflow/tfjs-node");
    probe(tf);
    const reason = "@tensorflow/tfjs-node works";
    return { tf, name: "tfjs-node", select: selector(tf), libraries: nativeLibraries(tf), reason };
  } catch (error) {
    const failure = explainLoadFailure("@tensorflow/tfjs-node", error);
    nodeFailure = `${failure} (\`npm run tfjs-node:local\` builds it)`;
  }
  try {
    const tf: Tf = require("@tensorflow/tfjs");
    const wasm: typeof Wasm = require("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    const started = await withoutNewListeners(() => tf.setBackend("wasm"));
    if (!started) throw new Error("the WebAssembly backend did not start");
    probe(tf);
    return { tf, name: "tfjs-wasm", select: selector(tf), libraries: {}, reason: nodeFailure };
  } catch (error) {
    throw new InputError(
      `engine tfjs: ${nodeFailure}; ${explainLoadFailure("@tensorflow/tfjs with @tensorflow/tfjs-backend-wasm", error)}. ` +
        "Install one with `npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm`, or use `--engine onnx`",
    );
  }
}

/** Returns a function that selects the backend that is selected now. */
function selector(tf: Tf): () => Promise<void> {
  const name = tf.getBackend();
  return async () => {
    if (tf.getBackend() !== name) await tf.setBackend(name);
  };
}

/** The version of the C library, which changes bits; the package's own version does not imply it. */
function nativeLibraries(tf: Tf): Record<string, string> {
  const backend: unknown = tf.backend();
  const binding = isRecord(backend) ? backend["binding"] : undefined;
  const version = isRecord(binding) ? binding["TF_Version"] : undefined;
  return typeof version === "string" ? { libtensorflow: version } : {};
}

/**
 * Restores functions of `util` that tfjs-node 4.22 calls and Node 23 removed. They replace Node 22's, which warn.
 * CommonJS, because an ES module's namespace is frozen.
 */
function restoreOldUtil(require: NodeJS.Require): void {
  const util: Record<string, unknown> = require("node:util");
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined;
  util["isArray"] = Array.isArray;
}

/**
 * Removes the listeners for uncaught errors that `start` adds. Emscripten's listeners rethrow every error, and
 * Node then prints the backend's source instead of the error.
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
  if (product !== 31) throw new Error(`2·5 + 3·7: expected 31, got ${product}`);
}
