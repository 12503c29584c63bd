import { describe, expect, it } from "vitest";
import { ParameterNoise } from "../../agent/parameter-noise.ts";
import { Rng } from "../../shared/rng.ts";

describe("ParameterNoise", () => {
  it("adapts its standard deviation to the target distance, and is centred on the weights", () => {
    const noise = new ParameterNoise(0.2);
    for (let i = 0; i < 10; i++) noise.adapt(0.1);
    expect(noise.std).toBeCloseTo(0.2 * 1.01 ** 10, 9);
    for (let i = 0; i < 20; i++) noise.adapt(0.3);
    expect(noise.std).toBeCloseTo(0.2 / 1.01 ** 10, 9);
    const weights = new Float32Array(10_000).fill(3);
    const drawn = noise.perturb(weights, 0.5, Rng.fromSeed(1));
    const squares = drawn.reduce((sum, x) => sum + (x - 3) ** 2, 0) / drawn.length;
    expect(Math.sqrt(squares)).toBeCloseTo(0.5 * noise.std, 2);
    expect([...weights].every((x) => x === 3)).toBe(true);
  });
});
