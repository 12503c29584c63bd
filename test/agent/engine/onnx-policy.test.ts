/** @file Exported policies in ONNX Runtime: the same actions as Policy.act, for each kind of network. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { onnxPolicy } from "../../../agent/engine/onnx-policy.ts";
import { readPolicy } from "../../../storage/policy-file.ts";
import { actionsOf, observationsFor, policiesOfEachKind } from "../../policies-of-each-kind.ts";

const COUNT = 1000;
const folder = mkdtempSync(join(tmpdir(), "steadyarm-policies-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("onnxPolicy", () => {
  it.each(policiesOfEachKind(folder))("acts as the policy: %s", async (_, path) => {
    const loaded = readPolicy(path);
    const { config, sizes, weights, normalizers } = loaded;
    const observations = observationsFor(loaded, COUNT);
    const expected = actionsOf(loaded, observations);
    // The observations reach both ends of the actions, so that the comparison is not of zeros.
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.9);

    const model = onnxPolicy(
      { config: config.agent, sizes, normalizers, actor: weights.actor },
      { env: "x" },
    );
    const session = await InferenceSession.create(model);
    const rows = (part: "observation" | "desiredGoal", size: number) =>
      new Tensor("float32", Float32Array.from(observations.flatMap((each) => [...each[part]])), [
        COUNT,
        size,
      ]);
    const { action } = await session.run({
      observation: rows("observation", sizes.observation),
      desired_goal: rows("desiredGoal", sizes.goal),
    });
    await session.release();
    expect(action?.dims).toEqual([COUNT, sizes.action]);
    const got = action?.data;
    if (!(got instanceof Float32Array)) throw new Error(`expected float32 actions, got ${action?.type}`);
    const largest = got.reduce((max, x, i) => Math.max(max, Math.abs(x - expected[i]!)), 0);
    expect(largest).toBeLessThan(1e-6);
  });
});
