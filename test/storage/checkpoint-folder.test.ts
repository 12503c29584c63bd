import { createHash } from "node:crypto";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "../../shared/rng.ts";
import {
  type CheckpointState,
  checkpointPath,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  readNewestCheckpoint,
  writeCheckpoint,
} from "../../storage/checkpoint-folder.ts";
import { formatJson, parseJson } from "../../storage/strict-json.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

function stateAt(step: number): CheckpointState {
  return {
    agent: { actor: Float32Array.of(1, 2, 3, 4, 5, step), rng: Rng.fromSeed(step).getState() },
    "replay-buffer": { lengths: Int32Array.of(50, step), empty: new Float32Array(0) },
    progress: { step, last: -0 },
  };
}

/** A folder with checkpoints of these steps. */
function folderWith(...steps: readonly number[]): string {
  const folder = join(temporaryFolder(), "checkpoints");
  for (const step of steps) writeCheckpoint(folder, step, stateAt(step));
  return folder;
}

/** Flips one bit of a file in place; a second flip restores it. */
function flipBit(path: string, bit: number): void {
  const file = openSync(path, "r+");
  const byte = new Uint8Array(1);
  if (readSync(file, byte, 0, 1, bit >> 3) !== 1) throw new Error(`${path} has no bit ${bit}`);
  byte[0]! ^= 1 << (bit & 7);
  writeSync(file, byte, 0, 1, bit >> 3);
  closeSync(file);
}

/** Changes the body of checkpoint.json and recomputes its checksum. */
function forgeIndex(path: string, change: (body: Record<string, unknown>) => void): void {
  const file = join(path, "checkpoint.json");
  const index = Object(parseJson(readFileSync(file), file));
  change(index.body);
  index.checksum = createHash("sha256").update(formatJson(index.body, file)).digest("hex");
  writeFileSync(file, `${formatJson(index, file)}\n`);
}

describe("a checkpoint", () => {
  it("is read as it was written", () => {
    const folder = folderWith(7);
    expect(readCheckpoint(folder, 7)).toStrictEqual({ step: 7, state: stateAt(7) });
    expect(readdirSync(folder)).toEqual(["step-7"]);
    expect(readdirSync(join(folder, "step-7"))).toEqual([
      "agent.safetensors",
      "checkpoint.json",
      "replay-buffer.safetensors",
    ]);
  });

  it("has the same bytes for the same state", () => {
    const first = folderWith(7);
    const second = folderWith(7);
    for (const name of readdirSync(join(first, "step-7"))) {
      expect(readFileSync(join(first, "step-7", name))).toEqual(readFileSync(join(second, "step-7", name)));
    }
  });

  it("is kept if it is valid and replaced if it is damaged", () => {
    const folder = folderWith(7);
    expect(writeCheckpoint(folder, 7, stateAt(8))).toBe(false);
    expect(readCheckpoint(folder, 7).state).toEqual(stateAt(7));
    flipBit(join(folder, "step-7", "agent.safetensors"), 500);
    expect(writeCheckpoint(folder, 7, stateAt(8))).toBe(true);
    expect(readCheckpoint(folder, 7).state).toEqual(stateAt(8));
    expect(readdirSync(folder)).toEqual(["step-7"]);
  });

  it("is not written with a non-finite weight, and earlier ones are unchanged", () => {
    const folder = folderWith(1);
    const broken = { agent: { actor: Float32Array.of(Number.NaN) } };
    expect(refusal(() => writeCheckpoint(folder, 2, broken))).toContain(
      'agent.safetensors tensor "actor"[0]',
    );
    expect(readdirSync(folder)).toEqual(["step-1"]);
    writeCheckpoint(folder, 2, broken, { allowNonFinite: true });
    expect(refusal(() => readCheckpoint(folder, 2))).toContain("expected a finite number, got NaN");
    expect(readCheckpoint(folder, 2, { allowNonFinite: true }).step).toBe(2);
  });

  it("cannot have a part named by a path, a bare array as a part, or a number that JSON cannot hold", () => {
    const folder = folderWith();
    const data = Float32Array.of(1);
    expect(() => writeCheckpoint(folder, 1, { "../agent": { data } })).toThrow("internal:");
    expect(() => writeCheckpoint(folder, 1, { agent: data })).toThrow("internal:");
    expect(() => writeCheckpoint(folder, 1, { progress: { loss: Number.NaN } })).toThrow("internal:");
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a damaged checkpoint", () => {
  it("is rejected if any of its files is truncated at any byte", () => {
    const folder = folderWith(7);
    const intact = join(folder, "step-7");
    const copy = join(folder, "copy");
    cpSync(intact, copy, { recursive: true });
    for (const name of readdirSync(copy)) {
      const { length } = readFileSync(join(copy, name));
      for (let end = length - 1; end >= 0; end--) {
        truncateSync(join(intact, name), end);
        expect(refusal(() => readCheckpoint(folder, 7))).toContain(name);
      }
      cpSync(join(copy, name), join(intact, name));
    }
    expect(readCheckpoint(folder, 7).step).toBe(7);
  });

  it("is rejected if one bit flips: 2,000 random bits of all files (seed 3)", () => {
    const folder = folderWith(7);
    const intact = join(folder, "step-7");
    const rng = Rng.fromSeed(3);
    const files = readdirSync(intact).map((name) => ({
      path: join(intact, name),
      bits: 8 * statSync(join(intact, name)).size,
    }));
    for (let i = 0; i < 2000; i++) {
      const { path, bits } = files[rng.integer(files.length)]!;
      const bit = rng.integer(bits);
      flipBit(path, bit);
      expect(refusal(() => readCheckpoint(folder, 7))).toContain(`${intact}/`);
      flipBit(path, bit);
    }
    expect(readCheckpoint(folder, 7).step).toBe(7);
  });

  it("is reported in one line that names the file and the damage", () => {
    const folder = folderWith(7);
    const path = join(folder, "step-7");
    const index = join(path, "checkpoint.json");
    const agent = join(path, "agent.safetensors");
    const pristine = join(folder, "pristine");
    cpSync(path, pristine, { recursive: true });
    const errorAfter = (damage: () => void) => {
      damage();
      const line = refusal(() => readCheckpoint(folder, 7));
      rmSync(path, { recursive: true });
      cpSync(pristine, path, { recursive: true });
      return line;
    };
    const missing = "cannot read: no such file or folder";
    expect(refusal(() => readCheckpoint(folder, 8))).toContain(
      `${join(folder, "step-8", "checkpoint.json")}: ${missing}`,
    );
    expect(errorAfter(() => rmSync(index))).toContain(`${index}: ${missing}`);
    expect(errorAfter(() => rmSync(agent))).toContain(`${agent}: ${missing}`);
    expect(errorAfter(() => truncateSync(agent, 50))).toMatch(
      /agent\.safetensors: expected \d+ bytes, got 50/,
    );
    expect(errorAfter(() => flipBit(agent, 77))).toContain(`${agent}: its checksum does not match`);
    expect(errorAfter(() => writeFileSync(index, '{"model":"of another program"}'))).toContain(
      `${index}: this is not a checkpoint of steadyarm`,
    );
    expect(errorAfter(() => writeFileSync(index, ""))).toContain("expected JSON");
    expect(errorAfter(() => forgeIndex(path, (body) => (body["step"] = 9)))).toMatch(
      /checkpoint\.json: expected step 7.* got 9$/,
    );
    expect(errorAfter(() => forgeIndex(path, (body) => delete body["state"]))).toContain(
      `${index}: state: expected record, got nothing`,
    );
    expect(errorAfter(() => forgeIndex(path, (body) => (body["state"] = { agent: {} })))).toContain(
      `${agent}: expected only tensors that checkpoint.json names`,
    );
    const longer = () => writeFileSync(agent, Buffer.concat([readFileSync(agent), Buffer.of(0)]));
    expect(errorAfter(longer)).toContain("a file of at most");
  });

  it("cannot make its reader open a file outside its folder", () => {
    const folder = folderWith(7);
    const path = join(folder, "step-7");
    const outside = join(folder, "outside.safetensors");
    cpSync(join(path, "agent.safetensors"), outside);
    forgeIndex(path, (body) => {
      const files = Object(body["files"]);
      files["../outside.safetensors"] = files["agent.safetensors"];
    });
    expect(refusal(() => readCheckpoint(folder, 7))).toContain("files.../outside.safetensors");
    rmSync(path, { recursive: true });
    writeCheckpoint(folder, 7, stateAt(7));
    rmSync(join(path, "agent.safetensors"));
    symlinkSync(outside, join(path, "agent.safetensors"));
    expect(refusal(() => readCheckpoint(folder, 7))).toContain("it is a symbolic link");
  });
});

describe("the newest checkpoint", () => {
  it("is found by step, not by name or date, among names that are not checkpoints", () => {
    const folder = folderWith(1000, 9, 20);
    for (const name of ["step-", "step-007", "step-x", ".step-2000.77-0.tmp", "step-2000.old"]) {
      mkdirSync(join(folder, name));
    }
    expect(listCheckpoints(folder)).toEqual([9, 20, 1000]);
    expect(readNewestCheckpoint(folder, expect.unreachable).step).toBe(1000);
    expect(listCheckpoints(join(folder, "none"))).toEqual([]);
  });

  it("is skipped with a warning if it is damaged", () => {
    const folder = folderWith(1, 2, 3);
    flipBit(join(checkpointPath(folder, 3), "agent.safetensors"), 100);
    rmSync(join(checkpointPath(folder, 2), "checkpoint.json"));
    const warnings: string[] = [];
    expect(readNewestCheckpoint(folder, (line) => warnings.push(line)).step).toBe(1);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("step-3/agent.safetensors: its checksum does not match");
    expect(warnings[1]).toContain("step-2/checkpoint.json: cannot read");
  });

  it("does not exist if all are damaged", () => {
    const folder = folderWith(1);
    truncateSync(join(checkpointPath(folder, 1), "agent.safetensors"), 0);
    expect(refusal(() => readNewestCheckpoint(folder, () => {}))).toContain(
      `${folder}: expected a valid checkpoint, got none in 1`,
    );
    expect(refusal(() => readNewestCheckpoint(join(folder, "none"), () => {}))).toContain("none in 0");
  });

  it("is not skipped if a newer steadyarm wrote it", () => {
    const folder = folderWith(1, 2);
    forgeIndex(checkpointPath(folder, 2), (body) => (body["schemaVersion"] = 3));
    expect(refusal(() => readNewestCheckpoint(folder, expect.unreachable))).toMatch(
      /expected checkpoint schema 2, got 3\..*upgrade/,
    );
  });

  it("is not skipped if an older steadyarm wrote it", () => {
    const folder = folderWith(1);
    mkdirSync(checkpointPath(folder, 200));
    cpSync(
      join(import.meta.dirname, "checkpoint-schema-1.json"),
      join(checkpointPath(folder, 200), "checkpoint.json"),
    );
    expect(refusal(() => readNewestCheckpoint(folder, expect.unreachable))).toMatch(
      /step-200\/checkpoint\.json: expected checkpoint schema 2, got 1\..*Resume the run with the version/,
    );
  });
});

describe("pruning", () => {
  it("keeps the newest checkpoints and removes those after the step just saved", () => {
    const folder = folderWith(1, 2, 3, 4, 99);
    expect(pruneCheckpoints(folder, 4, 2)).toEqual([]);
    expect(listCheckpoints(folder)).toEqual([3, 4]);
    expect(readdirSync(folder)).toEqual(["step-3", "step-4"]);
    pruneCheckpoints(folder, 4, 10);
    expect(listCheckpoints(folder)).toEqual([3, 4]);
  });

  it("removes nothing unless the step just saved is kept", () => {
    const folder = folderWith(1, 2);
    expect(() => pruneCheckpoints(folder, 3, 1)).toThrow("internal:");
    expect(() => pruneCheckpoints(folder, 2, 0)).toThrow("internal:");
    expect(listCheckpoints(folder)).toEqual([1, 2]);
  });
});
