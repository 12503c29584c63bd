import { describe, expect, it } from "vitest";
import { box, clipInto, contains, sampleBox, symmetricBox } from "../../shared/box.ts";
import { InputError, nearest, refuse, show, suggest } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";

describe("an error message", () => {
  it("has where, expected, got and remedy in one line", () => {
    const error = refuse("runs/x", "a run folder", undefined, "Train one with `steadyarm train`");
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(
      "runs/x: expected a run folder, got nothing. Train one with `steadyarm train`",
    );
  });

  it("shows any value in one line of at most 80 characters", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    for (const value of [
      cyclic,
      "a\nb",
      "x".repeat(500),
      new Float32Array(9),
      () => 1,
      10n,
      Symbol("s"),
      null,
    ]) {
      const text = show(value);
      expect(text.length).toBeLessThanOrEqual(80);
      expect(text).not.toContain("\n");
    }
  });

  it("suggests the nearest name for every typing error of one letter, and none for an unrelated word", () => {
    const names = ["panda-reach", "planar2-reach", "gamma", "tau"];
    const typos = (name: string) => [
      ...[...name].map((_, i) => name.slice(0, i) + name.slice(i + 1)),
      ...[...name].map((_, i) => `${name.slice(0, i)}q${name.slice(i + 1)}`),
      ...[...name].slice(1).map((_, i) => name.slice(0, i) + name[i + 1] + name[i] + name.slice(i + 2)),
    ];
    for (const name of names) for (const typo of typos(name)) expect(nearest(typo, names), typo).toBe(name);
    expect(nearest("xylophone", names)).toBeUndefined();
    expect(suggest("xylophone", names)).toContain("Available: panda-reach, planar2-reach");
  });
});

describe("box", () => {
  it("clips to its bounds and rejects non-finite numbers and wrong lengths without writing", () => {
    const space = symmetricBox(2, 1);
    const into = new Float32Array([0.5, 0.5]);
    clipInto(space, [100, -1e30], into, "step action");
    expect([...into]).toEqual([1, -1]);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => clipInto(space, [0, bad], into, "step action")).toThrow(
        `step action[1]: expected a number in [-1, 1], got ${bad}`,
      );
    }
    expect(() => clipInto(space, [0], into, "step action")).toThrow("step action: expected 2 numbers");
    expect(() => clipInto(space, [0, 0, 0], into, "step action")).toThrow("step action: expected 2 numbers");
    expect([...into]).toEqual([1, -1]);
  });

  it("samples within its bounds and contains exactly the vectors within them", () => {
    const space = box([0, -2], [1, 5]);
    const rng = Rng.fromSeed(1);
    for (let i = 0; i < 1000; i++) expect(contains(space, sampleBox(space, rng))).toBe(true);
    expect(contains(space, [0, Number.NaN])).toBe(false);
    expect(contains(space, [0])).toBe(false);
    expect(contains(space, [1.1, 0])).toBe(false);
    expect(() => box([0, 1], [1, 1])).toThrow(
      "box[1]: expected a lower bound below the upper one, got [1, 1]",
    );
    expect(() => box([0], [1, 1])).toThrow("box: expected 1 upper bounds, as many as lower ones, got 2");
  });
});
