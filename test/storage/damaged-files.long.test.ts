/**
 * @file Every truncation and 10,000 flipped bits of eight files that are read back, and damaged archives of runs: refused,
 * or read as the same. The logs of a run (metrics.jsonl, progress.csv, TensorBoard's events) have no checksum.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packRun, unpackRun } from "../../experiments/queue/run-archive.ts";
import { Rng } from "../../shared/rng.ts";
import { readCheckpoint } from "../../storage/checkpoint-folder.ts";
import { readDemonstrations } from "../../storage/demonstrations.ts";
import { readManifest } from "../../storage/manifest.ts";
import { readPolicy } from "../../storage/policy-file.ts";
import { readResult } from "../../storage/run-result.ts";
import { readEpisode } from "../../viewer/server/episode-file.ts";
import { shortRun, steadyarm } from "../cli/steadyarm.ts";

const FLIPS = 10_000;
/** Longer files are truncated at as many random lengths, the shortest and the longest among them. */
const MAX_TRUNCATIONS = 20_000;

const cwd = mkdtempSync(join(tmpdir(), "steadyarm-damage-"));
const path = (...parts: readonly string[]) => join(cwd, ...parts);
const run = path("run");

beforeAll(async () => {
  const small = ["agent.hidden=[4]", "agent.replayCapacity=400"].flatMap((each) => ["--set", each]);
  for (const words of [
    [...shortRun("run", 200), ...small],
    ["record", "run", "--seed", "3", "--out", "one.episode"],
    ["record", "--scripted", "arm3-push", "--episodes", "3", "--out", "demos"],
  ]) {
    const { code, stderr } = await steadyarm(words, cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Reads what a file belongs to. */
type Read = () => unknown;

const POLICY = path("run/policies/step-200.safetensors");
const CHECKPOINT = path("run/checkpoints/step-200");
const readDemos = () => readDemonstrations(path("demos"));
const readStep = () => readCheckpoint(path("run/checkpoints"), 200);

const KINDS: readonly (readonly [name: string, file: string, read: Read])[] = [
  ["policy", POLICY, () => readPolicy(POLICY)],
  ["manifest", path("run/manifest.json"), () => readManifest(run)],
  ["result", path("run/result.json"), () => readResult(run)],
  ["episode", path("one.episode"), () => readEpisode(path("one.episode"))],
  ["description of demonstrations", path("demos/demos.json"), readDemos],
  ["file of demonstrated episodes", path("demos/episodes.safetensors"), readDemos],
  ["index of a checkpoint", join(CHECKPOINT, "checkpoint.json"), readStep],
  ["agent of a checkpoint", join(CHECKPOINT, "agent.safetensors"), readStep],
];

const REFUSED = Symbol("refused");

/** Returns what a read gives, or REFUSED if it is refused. */
function outcomeOf(read: Read): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "InputError") throw error;
    return REFUSED;
  }
}

function lengthsOf(size: number, rng: Rng): readonly number[] {
  if (size <= MAX_TRUNCATIONS) return Array.from({ length: size }, (_, i) => i);
  const edge = Array.from({ length: 1000 }, (_, i) => [i, size - 1 - i]).flat();
  return [...edge, ...Array.from({ length: MAX_TRUNCATIONS - edge.length }, () => rng.integer(size))];
}

describe.each(KINDS)("a damaged %s", (_name, file, read) => {
  it("is refused if it is truncated", () => {
    const bytes = readFileSync(file);
    for (const length of lengthsOf(bytes.length, Rng.fromSeed(1))) {
      writeFileSync(file, bytes.subarray(0, length));
      expect(outcomeOf(read), `${length} bytes`).toBe(REFUSED);
    }
    writeFileSync(file, bytes);
  });

  it(`is noticed if a bit flips, ${FLIPS} times`, () => {
    const bytes = readFileSync(file);
    const intact = read();
    const rng = Rng.fromSeed(2);
    for (let i = 0; i < FLIPS; i++) {
      const at = rng.integer(bytes.length);
      const bit = rng.integer(8);
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << bit;
      writeFileSync(file, damaged);
      const outcome = outcomeOf(read);
      if (outcome !== REFUSED) expect(outcome, `bit ${bit} of byte ${at}`).toEqual(intact);
    }
    writeFileSync(file, bytes);
  });
});

describe("a damaged archive of a run", () => {
  const contents = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString("base64"))
      .sort();

  it("is refused, or unpacks to the same files", async () => {
    const bytes = Buffer.from(packRun(run) ?? []);
    const target = path("unpacked");
    await unpackRun(bytes, target, "archive");
    const intact = contents(target);
    const rng = Rng.fromSeed(3);
    const unpack = async (damaged: Uint8Array, damage: string) => {
      rmSync(target, { recursive: true });
      const error: unknown = await unpackRun(damaged, target, "archive").then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) expect(contents(target), damage).toEqual(intact);
      else {
        expect(error, damage).toMatchObject({ name: "InputError" });
        await unpackRun(bytes, target, "archive");
      }
    };
    for (let i = 0; i < 500; i++) {
      const damaged = Buffer.from(bytes);
      damaged[rng.integer(bytes.length)]! ^= 1 << rng.integer(8);
      await unpack(damaged, `flip ${i}`);
      await unpack(bytes.subarray(0, rng.integer(bytes.length)), `truncation ${i}`);
    }
  });
});
