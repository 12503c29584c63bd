import { describe, expect, it } from "vitest";
import { type InputNormalizers, inputSize, writeInputs } from "../../agent/network-inputs.ts";
import { Normalizer } from "../../agent/normalizer.ts";

const plain = (): InputNormalizers => ({
  observation: new Normalizer(3, Number.POSITIVE_INFINITY),
  goal: new Normalizer(2, Number.POSITIVE_INFINITY),
});

describe("network inputs", () => {
  const observations = Float32Array.of(1, 2, 3, 4, 5, 6);
  const goals = Float32Array.of(3.01, 2, 6, 4.9);

  it("are observation and goal if the environment has no relative goal", () => {
    const into = new Float32Array(10);
    writeInputs(plain(), observations, goals, 2, into, 5);
    expect([...into]).toEqual([1, 2, 3, Math.fround(3.01), 2, 4, 5, 6, 6, Math.fround(4.9)]);
    expect(inputSize({ observation: 3, goal: 2 })).toBe(5);
  });

  it("are standardised by observed statistics, with or without a bound", () => {
    for (const clip of [Number.POSITIVE_INFINITY, 5]) {
      const normalizer = new Normalizer(1, clip);
      normalizer.observe(Float32Array.of(8, 12), 2);
      const into = new Float32Array(2);
      normalizer.apply(Float32Array.of(12, 110), 2, into, 1, 0);
      expect([...into]).toEqual([1, Math.min(50, clip)]);
    }
  });

  it("end with tanh of the scaled difference between each row's goal and achieved goal", () => {
    const relativeGoal = { elements: [2, 1], perMetre: 20 };
    const width = inputSize({ observation: 3, goal: 2, relativeGoal });
    expect(width).toBe(7);
    const into = new Float32Array(2 * width);
    writeInputs({ ...plain(), relativeGoal }, observations, goals, 2, into, width);
    expect(into[5]).toBeCloseTo(Math.tanh(20 * 0.01), 5);
    expect(into[6]).toBe(0);
    expect(into[12]).toBe(0);
    expect(into[13]).toBeCloseTo(Math.tanh(20 * -0.1), 5);
  });

  it("are computed from relabelled goals", () => {
    const relativeGoal = { elements: [0, 1], perMetre: 20 };
    const [real, hindsight] = [
      [1.5, 2],
      [1, 2],
    ].map((goal) => {
      const into = new Float32Array(7);
      writeInputs({ ...plain(), relativeGoal }, observations, Float32Array.from(goal), 1, into, 7);
      return [...into.subarray(5)];
    });
    expect(real![0]).toBeCloseTo(1, 5);
    expect(hindsight).toEqual([0, 0]);
  });
});
