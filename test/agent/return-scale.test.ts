import { describe, expect, it } from "vitest";
import { ReturnScale } from "../../agent/return-scale.ts";
import { Episode } from "../../shared/episode.ts";

describe("ReturnScale", () => {
  it("uses the standard deviation of R ← γR + r", () => {
    const scale = new ReturnScale(0.5, () => -1);
    const episode = new Episode({ observation: 1, goal: 1, action: 1, maxSteps: 3 });
    const zero = new Float32Array(1);
    const observation = { observation: zero, achievedGoal: zero, desiredGoal: zero };
    episode.begin(observation);
    for (let i = 0; i < 3; i++)
      episode.append(zero, {
        ...observation,
        reward: -1,
        terminated: false,
        truncated: false,
        isSuccess: false,
      });
    scale.observe(episode);
    const mean = (1 + 1.5 + 1.75) / 3;
    const std = Math.sqrt(((1 - mean) ** 2 + (1.5 - mean) ** 2 + (1.75 - mean) ** 2) / 3);
    expect(scale.factor).toBeCloseTo(1 / std, 5);
  });
});
