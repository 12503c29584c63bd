/** @file The files that decide something notice every changed bit: policy, manifest and result. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts, networkSizes } from "../../agent/architecture.ts";
import { definitionOf, makeEnv } from "../../env/registry.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import { createManifest, readManifest, writeManifest } from "../../storage/manifest.ts";
import { readPolicy, writePolicy } from "../../storage/policy-file.ts";
import {
  readIntactResult,
  readResult,
  setAsideDamagedResult,
  writeResult,
} from "../../storage/run-result.ts";
import { readSafetensors, writeSafetensors } from "../../storage/safetensors.ts";
import { resultOf } from "../experiments/run-result.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

const config = parseConfig({ agent: { hidden: [4] }, train: { steps: 50 } }, "test");
const sizes = { observation: 3, goal: 2, action: 2 };

function savedPolicy(weight = 0.5): string {
  const path = join(temporaryFolder(), "policy.safetensors");
  const network = networkSizes(sizes);
  const weights = {
    actor: new Float32Array(actorLayout(config.agent, network).size).fill(weight),
    critic: new Float32Array(criticLayouts(config.agent, network)[0]!.size).fill(0.25),
  };
  const statistics = (size: number) => ({
    count: 7,
    mean: new Float64Array(size).fill(0.1),
    squares: new Float64Array(size).fill(2),
  });
  const normalizers = { observation: statistics(3), goal: statistics(2) };
  writePolicy(path, { steps: 50, weights, normalizers }, config, sizes);
  return path;
}

/** Flips one bit at a time, some hundred of them, and expects each to be refused. */
function expectEveryFlipRefused(path: string, read: () => unknown): void {
  const intact = readFileSync(path);
  const rng = Rng.fromSeed(1);
  for (let i = 0; i < 400; i++) {
    const bytes = Buffer.from(intact);
    bytes[rng.integer(bytes.length)]! ^= 1 << rng.integer(8);
    writeFileSync(path, bytes);
    refusal(read);
  }
  writeFileSync(path, intact);
  read();
}

describe("a file with a checksum", () => {
  it("refuses every flipped bit: policy", () => {
    const path = savedPolicy();
    expectEveryFlipRefused(path, () => readPolicy(path));
  });

  it("refuses every flipped bit: manifest", () => {
    const folder = temporaryFolder();
    writeManifest(folder, createManifest(config, { name: "onnx", libraries: {} }));
    expectEveryFlipRefused(join(folder, "manifest.json"), () => readManifest(folder));
  });

  it("refuses every flipped bit: result", () => {
    const folder = temporaryFolder();
    writeResult(folder, resultOf());
    expectEveryFlipRefused(join(folder, "result.json"), () => readResult(folder));
  });
});

describe("a policy", () => {
  it("of an older version, without a checksum, is read; with a wrong one it is not", () => {
    const path = savedPolicy();
    const { tensors, metadata } = readSafetensors(path);
    const { checksum = "", ...older } = metadata;
    writeSafetensors(path, tensors, { metadata: { ...older, schemaVersion: "1" } });
    expect(readPolicy(path).step).toBe(50);
    writeSafetensors(path, tensors, { metadata: older });
    expect(refusal(() => readPolicy(path))).toContain("checksum");
    writeSafetensors(path, tensors, { metadata: { ...older, checksum, schemaVersion: "1" } });
    expect(refusal(() => readPolicy(path))).toContain("checksum");
  });

  it.each([3e38, -2e6])("with weights of %d is neither written nor read", (weight) => {
    expect(refusal(() => savedPolicy(weight))).toMatch(
      /actor\.0\.\w+\[0\]: expected a number in \[-1000000, 1000000\]/,
    );
    const path = savedPolicy();
    const { tensors, metadata } = readSafetensors(path);
    const { checksum: _, ...older } = metadata;
    const bias = tensors["actor.0.bias"]!;
    const wild = { ...bias, data: new Float32Array(4).fill(weight) };
    writeSafetensors(
      path,
      { ...tensors, "actor.0.bias": wild },
      { metadata: { ...older, schemaVersion: "1" } },
    );
    expect(refusal(() => readPolicy(path))).toContain("actor.0.bias[0]: expected a number in");
  });
});

describe("a policy of an arm from a URDF or a module", () => {
  const policyWith = (urdf: object, module: object = {}): string => {
    const path = savedPolicy();
    const { tensors, metadata } = readSafetensors(path);
    const env = { ...config.env, id: "mine-reach", urdf: { ...config.env.urdf, ...urdf }, module };
    const { checksum: _, ...older } = metadata;
    const text = JSON.stringify({ ...config, env });
    writeSafetensors(path, tensors, { metadata: { ...older, schemaVersion: "1", config: text } });
    return path;
  };

  it("is refused without the file's checksum, before the file is opened", () => {
    const path = policyWith({ file: "/etc/passwd" });
    expect(refusal(() => readPolicy(path))).toContain(
      "env.urdf.sha256: expected the checksum of env.urdf.file",
    );
  });

  it("is refused without a module's checksum, before the module is run", async () => {
    const file = join(temporaryFolder(), "env.mjs");
    writeFileSync(file, "throw new Error('was run');\n");
    const expected = "env.module.sha256: expected the checksum of env.module.file";
    expect(refusal(() => readPolicy(policyWith({}, { file })))).toContain(expected);
    await expect(makeEnv({ ...config.env, module: { file, sha256: "" } }, 0.95)).rejects.toThrow(expected);
  });

  it("has one error for any other file, which does not tell what is there", () => {
    const folder = temporaryFolder();
    const other = join(folder, "other");
    const errors = ["<robot", "text\n\n<a>", undefined].map((text) => {
      rmSync(other, { force: true });
      if (text !== undefined) writeFileSync(other, text);
      const { env } = readPolicy(policyWith({ file: other, sha256: "a".repeat(64) })).config;
      return refusal(() => definitionOf(env));
    });
    expect(errors[0]).toContain(`${other}: expected the file that the run was started with`);
    expect(new Set(errors).size).toBe(1);
  });
});

describe("a torn result", () => {
  it("counts as none, and is renamed when its run is resumed", () => {
    const folder = temporaryFolder();
    writeResult(folder, resultOf());
    const path = join(folder, "result.json");
    writeFileSync(path, readFileSync(path).subarray(0, 50));
    expect(refusal(() => readResult(folder))).toContain(`steadyarm train --resume ${folder}`);
    const lines: string[] = [];
    expect(readIntactResult(folder, (line) => lines.push(line))).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining("result.json: expected JSON")]);
    expect(setAsideDamagedResult(folder)).toContain("Renamed to result.json.damaged");
    expect(readResult(folder)).toBeUndefined();
    expect(setAsideDamagedResult(folder)).toBeUndefined();
    writeFileSync(path, "");
    expect(setAsideDamagedResult(folder)).toContain("Renamed to result.json.damaged-2");
  });
});
