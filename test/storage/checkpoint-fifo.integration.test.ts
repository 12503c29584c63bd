import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../storage/checkpoint-folder.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

it("a checkpoint with a FIFO in place of a file is rejected, without blocking", () => {
  const folder = temporaryFolder();
  writeCheckpoint(folder, 7, { agent: { actor: Float32Array.of(1) } });
  const file = join(folder, "step-7", "agent.safetensors");
  rmSync(file);
  execFileSync("mkfifo", [file]);
  expect(refusal(() => readCheckpoint(folder, 7))).toContain("expected a file");
});
