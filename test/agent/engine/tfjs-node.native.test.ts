/** @file TensorFlow's native library is in use: then every engine test in this folder runs on it. */

import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../agent/engine/engine.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { loadTensorflow } from "../../../agent/engine/tfjs-backend.ts";
import { input, sum } from "../../../agent/graph/ops.ts";

describe("the tfjs engine on the native library", () => {
  let engine: Engine;
  const warnings: string[] = [];
  beforeAll(async () => {
    process.on("warning", ({ message }) => warnings.push(message));
    engine = await loadEngine("tfjs");
  });

  it("is named tfjs-node and has the version of libtensorflow", () => {
    expect(engine.reason).toBe("@tensorflow/tfjs-node works");
    expect(engine.name).toBe("tfjs-node");
    expect(engine.libraries["libtensorflow"]).toMatch(/^2\.\d+\.\d+/);
  });

  it("runs on its own backend after other code has selected another", async () => {
    const { tf } = await loadTensorflow();
    const x = input("x", [3]);
    const compiled = await engine.compile({
      feeds: [x],
      state: [],
      outputs: [{ name: "sum", node: sum(x) }],
    });
    await tf.setBackend("cpu");
    await compiled.run({ x: Float32Array.of(1, 2, 3) });
    expect(tf.getBackend()).toBe("tensorflow");
    expect(compiled.output("sum")[0]).toBe(6);
  });

  it("causes no deprecation warning", () => {
    expect(warnings).toEqual([]);
  });
});
