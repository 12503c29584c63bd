import { describe, expect, it } from "vitest";
import { Exploration, type ExplorationConfig, explorationScale } from "../../agent/exploration.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const rng = () => Rng.fromSeed(4);

function createExploration(settings: Partial<ExplorationConfig>, actionSize: number): Exploration {
  return new Exploration(
    parseConfig({ agent: { exploration: settings } }, "test").agent.exploration,
    actionSize,
  );
}

describe("Exploration", () => {
  it("adds Gaussian noise of the given standard deviation", () => {
    const exploration = createExploration(
      { noiseScale: 0.1, randomActionProbability: 0, randomActionHold: 5 },
      1,
    );
    const stream = rng();
    const noise = Array.from({ length: 20_000 }, () => {
      const action = Float32Array.of(0.2);
      exploration.perturb(action, 1, stream);
      return action[0]! - 0.2;
    });
    const mean = noise.reduce((a, b) => a + b, 0) / noise.length;
    const std = Math.sqrt(noise.reduce((a, b) => a + (b - mean) ** 2, 0) / noise.length);
    expect(mean).toBeCloseTo(0, 2);
    expect(std).toBeCloseTo(0.1, 2);
  });

  it("keeps actions in [−1, 1]", () => {
    const exploration = createExploration(
      { noiseScale: 5, randomActionProbability: 0, randomActionHold: 1 },
      3,
    );
    const stream = rng();
    for (let i = 0; i < 1000; i++) {
      const action = Float32Array.of(1, -1, 0);
      exploration.perturb(action, 1, stream);
      for (const a of action) expect(Math.abs(a)).toBeLessThanOrEqual(1);
    }
  });

  it("changes nothing if all exploration is off", () => {
    const exploration = createExploration(
      { noiseScale: 0, randomActionProbability: 0, randomActionHold: 1 },
      2,
    );
    const action = Float32Array.of(0.25, -0.5);
    exploration.perturb(action, 1, rng());
    expect([...action]).toEqual([0.25, -0.5]);
  });

  it("holds a random action for a uniform number of steps, at most until the end of the episode", () => {
    const exploration = createExploration(
      { noiseScale: 0, randomActionProbability: 0.1, randomActionHold: 5 },
      1,
    );
    const stream = rng();
    const holds: number[] = [];
    let held = 0;
    let previous = 0;
    for (let i = 0; i < 60_000; i++) {
      const action = Float32Array.of(0);
      exploration.perturb(action, 1, stream);
      if (action[0] !== 0 && action[0] === previous) held += 1;
      else {
        if (held > 0) holds.push(held);
        held = action[0] === 0 ? 0 : 1;
      }
      previous = action[0]!;
    }
    const fractions = [1, 2, 3, 4, 5].map(
      (n) => holds.filter((length) => length === n).length / holds.length,
    );
    for (const fraction of fractions) expect(fraction).toBeCloseTo(0.2, 1);
    expect(Math.max(...holds)).toBe(5);

    const always = createExploration(
      { noiseScale: 0, randomActionProbability: 1, randomActionHold: 1000 },
      1,
    );
    const first = Float32Array.of(0);
    const second = Float32Array.of(0);
    always.perturb(first, 1, stream);
    always.begin();
    always.perturb(second, 1, stream);
    expect(second[0]).not.toBe(first[0]);
  });

  it("ignores the policy during warm-up", () => {
    const exploration = createExploration(
      { noiseScale: 0, randomActionProbability: 0, randomActionHold: 3 },
      2,
    );
    const stream = rng();
    const actions = Array.from({ length: 5000 }, () => {
      const action = Float32Array.of(9, 9);
      exploration.random(action, stream);
      return action;
    });
    const mean = actions.reduce((sum, action) => sum + action[0]!, 0) / actions.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(actions.every((action) => Math.abs(action[0]!) <= 1 && Math.abs(action[1]!) <= 1)).toBe(true);
  });

  it("adds Ornstein–Uhlenbeck noise with the given stationary standard deviation and autocorrelation", () => {
    const exploration = createExploration(
      { noise: "ou", noiseScale: 0.2, ouTheta: 0.15, randomActionProbability: 0 },
      1,
    );
    const stream = rng();
    const noise = Array.from({ length: 50_000 }, () => {
      const action = Float32Array.of(0);
      exploration.perturb(action, 1, stream);
      return action[0]!;
    }).slice(100);
    const variance = noise.reduce((sum, x) => sum + x * x, 0) / noise.length;
    const lagged = noise.slice(1).reduce((sum, x, i) => sum + x * noise[i]!, 0) / noise.length;
    expect(Math.sqrt(variance)).toBeCloseTo(0.2, 1.7);
    expect(lagged / variance).toBeCloseTo(0.85, 1.3);
    exploration.begin();
    const first = Float32Array.of(0);
    exploration.perturb(first, 1, stream);
    expect(Math.abs(first[0]!)).toBeLessThan(0.5);
  });

  it("scales all exploration down linearly by the schedule", () => {
    const settings = {
      decaySteps: 100,
      decayTo: 0.2,
      randomActionProbability: 1,
      randomActionHold: 1,
      noiseScale: 0,
    };
    const config = parseConfig({ agent: { exploration: settings } }, "test").agent.exploration;
    for (const [steps, scale] of [
      [0, 1],
      [50, 0.6],
      [100, 0.2],
      [1000, 0.2],
    ] as const) {
      expect(explorationScale(config, steps)).toBeCloseTo(scale, 12);
    }
    expect(explorationScale({ ...config, decaySteps: 0 }, 1e9)).toBe(1);
    const exploration = createExploration(settings, 1);
    const stream = rng();
    let random = 0;
    for (let i = 0; i < 5000; i++) {
      const action = Float32Array.of(0);
      exploration.perturb(action, 0.2, stream);
      if (action[0] !== 0) random += 1;
    }
    expect(random / 5000).toBeCloseTo(0.2, 1);
  });
});
