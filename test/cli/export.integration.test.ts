/** @file `steadyarm export`: the file that it writes, and invalid input. */

import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";

it("writes a model of a policy of the zoo that ONNX Runtime loads", async () => {
  const cwd = temporaryFolder();
  const words = ["export", "zoo/push-torque", "--onnx", "policy.onnx", "--json"];
  const { code, stdout, stderr } = await inProcess(words, cwd);
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({
    file: "policy.onnx",
    env: "panda-push",
    opset: 18,
    inputs: { observation: 38, desired_goal: 2 },
    outputs: { action: 7 },
  });
  const session = await InferenceSession.create(join(cwd, "policy.onnx"));
  expect([session.inputNames, session.outputNames]).toEqual([["observation", "desired_goal"], ["action"]]);
  await session.release();
});

it("writes nothing for invalid input", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "old.onnx"), "old");
  for (const [words, line] of [
    [
      ["zoo/push-torque"],
      /expected a format, got none\. steadyarm export zoo.push-torque --onnx policy\.onnx/,
    ],
    [["zoo/push-torque", "--onnx", "policy.pt"], /--onnx: expected a name that ends in \.onnx/],
    [["zoo/push-torque", "--onnx", "old.onnx"], /old\.onnx: expected a new file/],
    [["nowhere", "--onnx", "x.onnx"], /nowhere: expected the folder of a run/],
    [["zoo/push-torque", "--onnx", "none/x.onnx"], /none/],
  ] as const) {
    const { code, stderr } = await inProcess(["export", ...words], cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  }
  expect([existsSync(join(cwd, "x.onnx")), statSync(join(cwd, "old.onnx")).size]).toEqual([false, 3]);
});
