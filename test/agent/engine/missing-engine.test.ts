/** @file Engines looked up where none is installed: the error says what to do. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadOnnxEngine } from "../../../agent/engine/onnx.ts";
import { loadTensorflow } from "../../../agent/engine/tfjs-backend.ts";
import { InputError } from "../../../shared/errors.ts";

const emptyFolder = mkdtempSync(join(tmpdir(), "steadyarm-"));
afterAll(() => rmSync(emptyFolder, { recursive: true }));
const from = join(emptyFolder, "anywhere.js");

describe("an engine whose library is not installed", () => {
  it("onnx: names the package, how to install it, and the other engine", async () => {
    const error = await loadOnnxEngine(from).catch((each) => each);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(
      "engine onnx: onnxruntime-node is not installed. " +
        "Install it with `npm install onnxruntime-node`, or use `--engine tfjs`",
    );
  });

  it("tfjs: names both backends, how to install one, and the other engine", async () => {
    const error = await loadTensorflow(from).catch((each) => each);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(
      "engine tfjs: @tensorflow/tfjs-node is not installed; " +
        "@tensorflow/tfjs with @tensorflow/tfjs-backend-wasm is not installed. Install one with " +
        "`npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm`, or use `--engine onnx`",
    );
  });
});

describe("an engine whose library is broken", () => {
  it("says what went wrong in its first line", async () => {
    const folder = join(emptyFolder, "node_modules", "onnxruntime-node");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.js"), 'throw new Error("libonnxruntime.so.1: cannot open\\nmore")');
    await expect(loadOnnxEngine(from)).rejects.toThrow(
      "engine onnx: onnxruntime-node does not work: libonnxruntime.so.1: cannot open. Install it",
    );
  });
});
