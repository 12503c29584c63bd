import { execFileSync } from "node:child_process";
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
  type CheckpointContents,
  checkpointPath,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  readNewestCheckpoint,
  writeCheckpoint,
} from "../../storage/checkpoint-folder.ts";
import { formatJson, parseJson } from "../../storage/strict-json.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

function contentsAt(step: number): CheckpointContents {
  return {
    files: {
      agent: { actor: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, step) } },
      "replay-buffer": { lengths: { shape: [2], data: Int32Array.of(50, step) } },
    },
    state: { progress: { step, last: -0 }, rng: Rng.fromSeed(step).getState() },
  };
}

/** A folder with checkpoints of these steps. */
function folderWith(...steps: readonly number[]): string {
  const folder = join(temporaryFolder(), "checkpoints");
  for (const step of steps) writeCheckpoint(folder, step, contentsAt(step));
  return folder;
}

/** Flips one bit of a file in place; flipping it again mends it. */
function flipBit(path: string, bit: number): void {
  const file = openSync(path, "r+");
  const byte = new Uint8Array(1);
  if (readSync(file, byte, 0, 1, bit >> 3) !== 1) throw new Error(`${path} has no bit ${bit}`);
  byte[0]! ^= 1 << (bit & 7);
  writeSync(file, byte, 0, 1, bit >> 3);
  closeSync(file);
}

/** Writes another body into checkpoint.json with a checksum that fits. */
function forgeIndex(path: string, change: (body: Record<string, unknown>) => void): void {
  const file = join(path, "checkpoint.json");
  const index = Object(parseJson(readFileSync(file), file));
  change(index.body);
  index.checksum = createHash("sha256").update(formatJson(index.body, file)).digest("hex");
  writeFileSync(file, `${formatJson(index, file)}\n`);
}

describe("a checkpoint", () => {
  it("reads back as it was written", () => {
    const folder = folderWith(7);
    expect(readCheckpoint(folder, 7)).toEqual({ step: 7, ...contentsAt(7) });
    expect(readdirSync(folder)).toEqual(["step-7"]);
    expect(readdirSync(join(folder, "step-7"))).toEqual([
      "agent.safetensors",
      "checkpoint.json",
      "replay-buffer.safetensors",
    ]);
  });

  it("has the same bytes each time", () => {
    const first = folderWith(7);
    const second = folderWith(7);
    for (const name of readdirSync(join(first, "step-7"))) {
      expect(readFileSync(join(first, "step-7", name))).toEqual(readFileSync(join(second, "step-7", name)));
    }
  });

  it("keeps a whole one that is there and replaces a damaged one", () => {
    const folder = folderWith(7);
    expect(writeCheckpoint(folder, 7, contentsAt(8))).toBe(false);
    expect(readCheckpoint(folder, 7).state).toEqual(contentsAt(7).state);
    flipBit(join(folder, "step-7", "agent.safetensors"), 500);
    expect(writeCheckpoint(folder, 7, contentsAt(8))).toBe(true);
    expect(readCheckpoint(folder, 7).state).toEqual(contentsAt(8).state);
    expect(readdirSync(folder)).toEqual(["step-7"]);
  });

  it("is not written with a weight that is not a number, and those before stay", () => {
    const folder = folderWith(1);
    const broken = {
      files: { agent: { actor: { shape: [], data: Float32Array.of(Number.NaN) } } },
      state: null,
    };
    expect(refusal(() => writeCheckpoint(folder, 2, broken))).toContain(
      'agent.safetensors tensor "actor"[0]',
    );
    expect(readdirSync(folder)).toEqual(["step-1"]);
    writeCheckpoint(folder, 2, broken, { allowNonFinite: true });
    expect(refusal(() => readCheckpoint(folder, 2))).toContain("expected a finite number, got NaN");
    expect(readCheckpoint(folder, 2, { allowNonFinite: true }).step).toBe(2);
  });

  it("refuses a file name that leads elsewhere, and state that JSON cannot hold", () => {
    const folder = folderWith();
    expect(() => writeCheckpoint(folder, 1, { files: { "../agent": {} }, state: 1 })).toThrow("internal:");
    expect(() => writeCheckpoint(folder, 1, { files: {}, state: { loss: Number.NaN } })).toThrow("internal:");
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a damaged checkpoint", () => {
  it("is refused when any of its files is cut at any byte", () => {
    const folder = folderWith(7);
    const whole = join(folder, "step-7");
    const copy = join(folder, "copy");
    cpSync(whole, copy, { recursive: true });
    for (const name of readdirSync(copy)) {
      const { length } = readFileSync(join(copy, name));
      for (let end = length - 1; end >= 0; end--) {
        truncateSync(join(whole, name), end);
        expect(refusal(() => readCheckpoint(folder, 7))).toContain(name);
      }
      cpSync(join(copy, name), join(whole, name));
    }
    expect(readCheckpoint(folder, 7).step).toBe(7);
  });

  it("is refused when one bit flips, 2,000 random bits of all files (seed 3)", () => {
    const folder = folderWith(7);
    const whole = join(folder, "step-7");
    const rng = Rng.fromSeed(3);
    const files = readdirSync(whole).map((name) => ({
      path: join(whole, name),
      bits: 8 * statSync(join(whole, name)).size,
    }));
    for (let i = 0; i < 2000; i++) {
      const { path, bits } = files[rng.integer(files.length)]!;
      const bit = rng.integer(bits);
      flipBit(path, bit);
      expect(refusal(() => readCheckpoint(folder, 7))).toContain(`${whole}/`);
      flipBit(path, bit);
    }
    expect(readCheckpoint(folder, 7).step).toBe(7);
  });

  it("says in one line of its own what is wrong", () => {
    const folder = folderWith(7);
    const path = join(folder, "step-7");
    const index = join(path, "checkpoint.json");
    const agent = join(path, "agent.safetensors");
    const pristine = join(folder, "pristine");
    cpSync(path, pristine, { recursive: true });
    const complaintAfter = (damage: () => void) => {
      damage();
      const line = refusal(() => readCheckpoint(folder, 7));
      rmSync(path, { recursive: true });
      cpSync(pristine, path, { recursive: true });
      return line;
    };
    expect(refusal(() => readCheckpoint(folder, 8))).toBe(
      `${join(folder, "step-8", "checkpoint.json")}: cannot read: no such file or folder`,
    );
    expect(complaintAfter(() => rmSync(index))).toBe(`${index}: cannot read: no such file or folder`);
    expect(complaintAfter(() => rmSync(agent))).toBe(`${agent}: cannot read: no such file or folder`);
    expect(complaintAfter(() => truncateSync(agent, 50))).toMatch(
      /expected \d+ bytes, got 50\. The file is cut short$/,
    );
    expect(complaintAfter(() => flipBit(agent, 77))).toBe(
      `${agent}: its checksum does not match; the file is damaged`,
    );
    expect(complaintAfter(() => writeFileSync(index, '{"model":"somebody else\'s"}'))).toBe(
      `${index}: this is not a checkpoint of steadyarm`,
    );
    expect(complaintAfter(() => writeFileSync(index, ""))).toContain("expected JSON");
    expect(complaintAfter(() => forgeIndex(path, (body) => (body["schemaVersion"] = 2)))).toBe(
      `${index}: written by a newer steadyarm (schema 2, this one reads 1); upgrade to read it`,
    );
    expect(complaintAfter(() => forgeIndex(path, (body) => (body["step"] = 9)))).toBe(
      `${index}: expected step 7, as the folder says, got 9`,
    );
    expect(complaintAfter(() => forgeIndex(path, (body) => delete body["state"]))).toContain("fields");
    const longer = () => writeFileSync(agent, Buffer.concat([readFileSync(agent), Buffer.of(0)]));
    expect(complaintAfter(longer)).toContain("a file of at most");
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
    expect(refusal(() => readCheckpoint(folder, 7))).toContain("fields");
    rmSync(path, { recursive: true });
    writeCheckpoint(folder, 7, contentsAt(7));
    rmSync(join(path, "agent.safetensors"));
    symlinkSync(outside, join(path, "agent.safetensors"));
    expect(refusal(() => readCheckpoint(folder, 7))).toContain("it is a symbolic link");
    rmSync(join(path, "agent.safetensors"));
    execFileSync("mkfifo", [join(path, "agent.safetensors")]);
    expect(refusal(() => readCheckpoint(folder, 7))).toContain("expected a file");
  });
});

describe("the newest checkpoint", () => {
  it("is found by step, not by name or date, past names that are none", () => {
    const folder = folderWith(1000, 9, 20);
    for (const name of ["step-", "step-007", "step-x", ".step-2000.77-0.tmp", "step-2000.old"]) {
      mkdirSync(join(folder, name));
    }
    expect(listCheckpoints(folder)).toEqual([9, 20, 1000]);
    expect(readNewestCheckpoint(folder, expect.unreachable).step).toBe(1000);
    expect(listCheckpoints(join(folder, "none"))).toEqual([]);
  });

  it("gives way to the last good one, with a line for each that is passed over", () => {
    const folder = folderWith(1, 2, 3);
    flipBit(join(checkpointPath(folder, 3), "agent.safetensors"), 100);
    rmSync(join(checkpointPath(folder, 2), "checkpoint.json"));
    const warnings: string[] = [];
    expect(readNewestCheckpoint(folder, (line) => warnings.push(line)).step).toBe(1);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("step-3/agent.safetensors: its checksum does not match");
    expect(warnings[1]).toContain("step-2/checkpoint.json: cannot read");
  });

  it("is an error if none is good", () => {
    const folder = folderWith(1);
    truncateSync(join(checkpointPath(folder, 1), "agent.safetensors"), 0);
    expect(refusal(() => readNewestCheckpoint(folder, () => {}))).toBe(
      `${folder}: expected a checkpoint that can be read, got none in 1`,
    );
    expect(refusal(() => readNewestCheckpoint(join(folder, "none"), () => {}))).toContain("none in 0");
  });

  it("does not give way when it is of a newer steadyarm", () => {
    const folder = folderWith(1, 2);
    forgeIndex(checkpointPath(folder, 2), (body) => (body["schemaVersion"] = 2));
    expect(refusal(() => readNewestCheckpoint(folder, expect.unreachable))).toContain("newer steadyarm");
  });
});

describe("pruning", () => {
  it("leaves the newest so many, and drops those of a future that was not gone on from", () => {
    const folder = folderWith(1, 2, 3, 4, 99);
    expect(pruneCheckpoints(folder, 4, 2)).toEqual([]);
    expect(listCheckpoints(folder)).toEqual([3, 4]);
    expect(readdirSync(folder)).toEqual(["step-3", "step-4"]);
    pruneCheckpoints(folder, 4, 10);
    expect(listCheckpoints(folder)).toEqual([3, 4]);
  });

  it("does nothing before the new one is there", () => {
    const folder = folderWith(1, 2);
    expect(() => pruneCheckpoints(folder, 3, 1)).toThrow("internal:");
    expect(() => pruneCheckpoints(folder, 2, 0)).toThrow("internal:");
    expect(listCheckpoints(folder)).toEqual([1, 2]);
  });
});
