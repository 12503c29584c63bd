import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { Episode, type EpisodeRecording } from "../../shared/episode.ts";
import { InputError } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";
import { formatChecked } from "../../storage/checked-json.ts";
import { sha256 } from "../../storage/checkpoint-index.ts";
import { checkNewFolder, readDemonstrations, writeDemonstrations } from "../../storage/demonstrations.ts";
import { encodeSafetensors, readSafetensors } from "../../storage/safetensors.ts";
import { loadDemonstrations } from "../../training/load-demonstrations.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const SIZES = { observation: 3, goal: 2, action: 2, maxSteps: 4, terms: 1 };
const { env } = parseConfig({ env: { id: "panda-push", control: "ee" } }, "test");
const SOURCE = { env, source: { kind: "script", seed: 1, noise: 0.1 } } as const;

function recording(length: number, rng: Rng): EpisodeRecording {
  const episode = new Episode(SIZES);
  const numbers = (n: number) => Float32Array.from({ length: n }, () => rng.uniformIn(-1, 1));
  const at = () => ({ observation: numbers(3), achievedGoal: numbers(2), desiredGoal: numbers(2) });
  episode.begin(at());
  for (let t = 1; t <= length; t++) {
    const terminated = t === length && length < SIZES.maxSteps;
    episode.append(numbers(2), {
      ...at(),
      reward: -1,
      terms: numbers(1),
      terminated,
      truncated: false,
      isSuccess: t === 2,
    });
  }
  return episode.toRecording();
}

function write(name = "demos") {
  const path = join(temporaryFolder(), name);
  const rng = Rng.fromSeed(1);
  const episodes = [4, 2, 3].map((length) => recording(length, rng));
  const facts = writeDemonstrations(path, SOURCE, SIZES, episodes);
  return { path, episodes, facts };
}

/** The fields of a demos.json without those of its own checksum. */
function readDemonstrationFacts(index: string): Record<string, unknown> {
  const { schemaVersion: _, checksum: __, ...facts } = JSON.parse(readFileSync(index, "utf8"));
  return facts;
}

/** Replaces tensors of a folder, with matching checksums. */
function forge(
  path: string,
  change: (tensors: ReturnType<typeof readSafetensors>["tensors"]) => object,
): void {
  const file = join(path, "episodes.safetensors");
  const tensors = { ...readSafetensors(file).tensors };
  const pieces = encodeSafetensors({ ...tensors, ...change(tensors) }, file, { allowNonFinite: true });
  writeFileSync(file, Buffer.concat(pieces));
  const index = join(path, "demos.json");
  const data = { bytes: Buffer.concat(pieces).length, sha256: sha256(pieces) };
  writeFileSync(index, formatChecked({ ...readDemonstrationFacts(index), data }, index));
}

function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("nothing was rejected");
}

describe("a folder of demonstrations", () => {
  it("holds what was written, with episodes of different lengths", () => {
    const { path, episodes, facts } = write();
    const read = readDemonstrations(path);
    expect(read.episodes).toEqual(episodes);
    expect(read.facts).toEqual(facts);
    expect(facts).toMatchObject({ episodes: 3, steps: 9, successRate: 1 / 3 });
  });

  it("has the same bytes for the same episodes", () => {
    const [one, other] = [write().path, write().path];
    expect(readDemonstrations(one).sha256).toBe(readDemonstrations(other).sha256);
  });

  it.each<[fault: string, break_: (path: string) => void, ...message: string[]]>([
    ["is missing a file", (path) => truncateSync(join(path, "demos.json"), 0), "demos.json"],
    [
      "has a truncated file",
      (path) => truncateSync(join(path, "episodes.safetensors"), 500),
      "episodes.safetensors: expected",
      "got 500. The file is truncated",
    ],
    [
      "has a changed byte",
      (path) => {
        const file = join(path, "episodes.safetensors");
        const bytes = readFileSync(file);
        bytes[bytes.length - 1]! ^= 1;
        writeFileSync(file, bytes);
      },
      "its checksum does not match demos.json",
    ],
    [
      "has a NaN",
      (path) =>
        forge(path, ({ observations }) => ({
          observations: { ...observations, data: new Float32Array(36).fill(Number.NaN) },
        })),
      'tensor "observations"[0]: expected a finite number, got NaN',
    ],
    [
      "has an action beyond ±1",
      (path) => forge(path, () => ({ actions: { shape: [9, 2], data: new Float32Array(18).fill(1.5) } })),
      "actions: expected numbers in [-1, 1], got 1.5",
    ],
    [
      "has arrays of other sizes",
      (path) => forge(path, () => ({ actions: { shape: [9, 3], data: new Float32Array(27) } })),
      "actions: expected float32 of shape [9,2], got [9,3]",
    ],
    [
      "has rewards of other episodes",
      (path) => forge(path, () => ({ rewards: { shape: [2], data: new Float32Array(2) } })),
      "rewards: expected float32 of shape [3], got [2]",
    ],
    [
      "has lengths of other episodes",
      (path) => forge(path, () => ({ lengths: { shape: [3], data: Int32Array.of(4, 4, 4) } })),
      "lengths: expected episodes of 9 steps together, got 12",
    ],
  ])("that %s is rejected in one line", (_, break_, ...message) => {
    const { path } = write();
    break_(path);
    const error = errorOf(() => readDemonstrations(path));
    expect(error).not.toContain("\n");
    for (const part of message) expect(error).toContain(part);
  });

  it("with another seed in its description is rejected; of an older version, without a checksum, it is read", () => {
    const { path, facts } = write();
    const index = join(path, "demos.json");
    const text = readFileSync(index, "utf8");
    writeFileSync(index, text.replace('"seed": 1,', '"seed": 2,'));
    expect(errorOf(() => readDemonstrations(path))).toContain("demos.json: its checksum does not match");
    writeFileSync(index, JSON.stringify({ schemaVersion: 1, ...readDemonstrationFacts(index) }));
    expect(readDemonstrations(path).facts.data).toEqual(facts.data);
  });

  it("that does not exist, or is something else, is rejected in one line", () => {
    const folder = temporaryFolder();
    expect(errorOf(() => readDemonstrations(join(folder, "none")))).toContain("got nothing there");
    writeFileSync(join(folder, "demos.json"), "{}");
    expect(errorOf(() => readDemonstrations(folder))).toContain(
      "this is not a description of demonstrations",
    );
  });

  it("is created only where nothing is, in an existing folder", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "used"));
    expect(errorOf(() => checkNewFolder(join(folder, "used")))).toContain("expected a new folder");
    expect(errorOf(() => checkNewFolder(join(folder, "a", "b")))).toContain("mkdir -p");
    expect(() => checkNewFolder(join(folder, "new"))).not.toThrow();
  });

  it("is not created if a number is not finite", () => {
    const folder = temporaryFolder();
    const bad = { ...recording(4, Rng.fromSeed(1)), actions: new Float32Array(8).fill(Number.NaN) };
    expect(() => writeDemonstrations(join(folder, "demos"), SOURCE, SIZES, [bad])).toThrow(InputError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a run's demonstrations", () => {
  const config = (path: string, run: object, sha = "") =>
    parseConfig(
      { env: { id: "panda-push", control: "ee", ...run }, train: { demos: { folder: path, sha256: sha } } },
      "test",
    );

  it("are loaded if starts, rewards or variation differ only", () => {
    const { path } = write();
    const variation = { observationNoise: 0.1 };
    const loaded = loadDemonstrations(
      config(path, { nearStarts: 0, reward: "dense", variation, torqueScale: 1 }),
    );
    expect(loaded?.episodes).toHaveLength(3);
  });

  it.each<[setting: object, message: string]>([
    [{ id: "arm3-push" }, 'env.id: expected "arm3-push", as in the run, got "panda-push"'],
    [{ control: "torque" }, 'env.control: expected "torque", as in the run, got "ee"'],
    [{ relativeInputs: false }, "env.relativeInputs: expected false"],
    [{ rewardTerms: { action: 1 } }, "env.rewardTerms: expected"],
  ])("with %j are rejected in one line", (setting, message) => {
    const { path } = write();
    const error = errorOf(() => loadDemonstrations(config(path, setting)));
    expect(error).toContain(message);
    expect(error).not.toContain("\n");
  });

  it("with another checksum are rejected", () => {
    const { path } = write();
    const error = errorOf(() => loadDemonstrations(config(path, {}, "0".repeat(64))));
    expect(error).toContain("Restore the folder, or train a new run");
  });
});
