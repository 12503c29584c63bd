/** @file Errors of engines whose library is missing or broken. */

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
  it("onnx: the error names the package, the install command and the other engine", async () => {
    const error = await loadOnnxEngine(from).catch((each) => each);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      /^engine onnx: onnxruntime-node is not installed\. .*`npm install onnxruntime-node`.*`--engine tfjs`/,
    );
  });

  it("tfjs: the error names both backends, the install command and the other engine", async () => {
    const error = await loadTensorflow(from).catch((each) => each);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      /^engine tfjs: @tensorflow\/tfjs-node is not installed \(`npm run tfjs-node:local` builds it\); /,
    );
    expect(error.message).toContain("@tensorflow/tfjs-backend-wasm is not installed");
    expect(error.message).toContain("`npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm`");
    expect(error.message).toContain("`--engine onnx`");
  });
});

describe("an engine whose library is broken", () => {
  it("has the first line of the library's error in its message", async () => {
    const folder = join(emptyFolder, "node_modules", "onnxruntime-node");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.js"), 'throw new Error("libonnxruntime.so.1: cannot open\\nmore")');
    await expect(loadOnnxEngine(from)).rejects.toThrow(
      /onnxruntime-node does not work: libonnxruntime\.so\.1: cannot open\./,
    );
  });
});
