import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { packRun, unpackRun } from "../../../experiments/queue/run-archive.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** Writes a run folder with two checkpoints. */
function makeRun(folder: string): string {
  const run = join(folder, "run");
  for (const step of [100, 200]) {
    mkdirSync(join(run, "checkpoints", `step-${step}`), { recursive: true });
    writeFileSync(
      join(run, "checkpoints", `step-${step}`, "agent.safetensors"),
      Buffer.alloc(1000, step % 251),
    );
  }
  mkdirSync(join(run, "policies"));
  writeFileSync(join(run, "policies", "step-100.safetensors"), "policy");
  writeFileSync(join(run, "manifest.json"), "{}\n");
  writeFileSync(join(run, "metrics.jsonl"), '{"step": 100}\n');
  writeFileSync(join(run, "events.out.tfevents.1767225600.steadyarm"), "events");
  writeFileSync(join(run, "run.lock"), "me");
  writeFileSync(join(run, ".result.json.12-0.tmp"), "incomplete");
  return run;
}

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe("packRun and unpackRun", () => {
  it("preserve all files except older checkpoints, the lock and temporary files", async () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    const packed = packRun(run);
    const other = join(folder, "other");
    await unpackRun(packed!, other, "test");
    expect(files(other)).toEqual([
      "checkpoints/step-200/agent.safetensors",
      "events.out.tfevents.1767225600.steadyarm",
      "manifest.json",
      "metrics.jsonl",
      "policies/step-100.safetensors",
    ]);
    for (const file of files(other)) {
      expect(readFileSync(join(other, file)).equals(readFileSync(join(run, file))), file).toBe(true);
    }
    expect(readdirSync(folder).sort()).toEqual(["other", "run"]);
  });

  it("replace an existing folder completely", async () => {
    const folder = temporaryFolder();
    const packed = packRun(makeRun(folder));
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "old.txt"), "old");
    await unpackRun(packed!, other, "test");
    expect(existsSync(join(other, "old.txt"))).toBe(false);
  });

  it("return undefined for a run without a checkpoint", () => {
    const run = temporaryFolder();
    writeFileSync(join(run, "manifest.json"), "{}");
    expect(packRun(run)).toBeUndefined();
  });

  it.each([
    "../evil",
    "/etc/passwd",
    "a/../../evil",
    "checkpoints/../../evil",
    ".ssh/key",
    "a/b/c/d",
    "a\\..\\b",
    "",
  ])("reject an archive with the path %j and write no files", async (path) => {
    const folder = temporaryFolder();
    const text = `${JSON.stringify([{ path, size: 4 }])}\nevil`;
    await expect(unpackRun(gzipSync(text), join(folder, "run"), "job j1")).rejects.toThrow(
      "job j1: expected a packed run's list of files",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("reject truncated, damaged and other data", async () => {
    const folder = temporaryFolder();
    const packed = packRun(makeRun(folder));
    const target = join(folder, "out");
    await expect(unpackRun(packed!.subarray(0, packed!.length - 20), target, "job j1")).rejects.toThrow(
      /job j1: .*damaged/,
    );
    await expect(unpackRun(Buffer.from("other data"), target, "job j1")).rejects.toThrow(/job j1: .*damaged/);
    const content = gunzipSync(packed!);
    await expect(
      unpackRun(gzipSync(content.subarray(0, content.length - 1)), target, "job j1"),
    ).rejects.toThrow("1 more bytes, got the end");
    const longer = gzipSync(Buffer.concat([content, Buffer.from("x")]));
    await expect(unpackRun(longer, target, "job j1")).rejects.toThrow("end of the packed run, got more data");
    await expect(unpackRun(gzipSync("no line"), target, "job j1")).rejects.toThrow("list of files");
    expect(existsSync(target)).toBe(false);
  });

  it("stop decompressing data without a list of files", async () => {
    // Cut off, so that reading to its end would report damage instead.
    const zeros = gzipSync(Buffer.alloc(2 ** 26));
    const cut = zeros.subarray(0, zeros.length - 20);
    await expect(unpackRun(cut, join(temporaryFolder(), "run"), "job j1")).rejects.toThrow("list of files");
  });

  it.each<[string, object[], string]>([
    ["more than the limit", [{ path: "a", size: 2 ** 31 }], "at most 2147483647 bytes, got 2147483648"],
    [
      "a file twice",
      [
        { path: "a", size: 4 },
        { path: "a", size: 0 },
      ],
      "a file twice, or a lock",
    ],
    ["a lock", [{ path: "run.lock", size: 4 }], "a file twice, or a lock"],
    ["data after the last file", [{ path: "a", size: 3 }], "got more data"],
  ])("reject %s and leave no files", async (_what, header, message) => {
    const folder = temporaryFolder();
    const packed = gzipSync(`${JSON.stringify(header)}\nevil`);
    await expect(unpackRun(packed, join(folder, "run"), "job j1")).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });
});
