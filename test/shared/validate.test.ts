import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Float32Values, SavedRng } from "../../shared/state-schemas.ts";
import { validate } from "../../shared/validate.ts";
import { refusal } from "../temporary-folder.ts";

const Schema = z.strictObject({
  weights: Float32Values,
  rng: SavedRng,
  runs: z.array(z.strictObject({ steps: z.int().nonnegative(), kind: z.enum(["a", "b"]) })).max(2),
});
const VALID = {
  weights: Float32Array.of(1),
  rng: { key: 1, words: [1, 2, 3, -4] },
  runs: [{ steps: 0, kind: "a" }],
};

describe("validate", () => {
  it("returns valid data with the same typed arrays", () => {
    const data = validate(Schema, VALID, "f.json");
    expect(data).toEqual(VALID);
    expect(data.weights).toBe(VALID.weights);
  });

  it.each<[string, unknown, string]>([
    ["no object", null, "f.json: expected object, got null"],
    [
      "a missing field",
      { ...VALID, runs: [{ kind: "a" }] },
      "f.json: runs.0.steps: expected number, got nothing",
    ],
    ["a fraction", { ...VALID, runs: [{ steps: 0.5, kind: "a" }] }, "runs.0.steps: expected int, got 0.5"],
    ["a number out of range", { ...VALID, runs: [{ steps: -1, kind: "a" }] }, "number to be >=0, got -1"],
    [
      "another option",
      { ...VALID, runs: [{ steps: 1, kind: "c" }] },
      'runs.0.kind: expected one of "a"|"b", got "c"',
    ],
    [
      "too many items",
      { ...VALID, runs: Array(3).fill(VALID.runs[0]) },
      "runs: expected array to have <=2 items",
    ],
    ["another array type", { ...VALID, weights: [1] }, "f.json: weights: expected Float32Array, got [1]"],
    ["a word of 33 bits", { ...VALID, rng: { key: 2 ** 32, words: [1, 2, 3, 4] } }, "rng.key: expected"],
    ["an unknown field", { ...VALID, tua: 1 }, "f.json: tua: expected no such field, got 1"],
  ])("rejects %s in one line", (_what, data, message) => {
    expect(refusal(() => validate(Schema, data, "f.json"))).toContain(message);
  });
});
