/** @file Domain randomisation: drawn from the seed, within its ranges, with the declared effects. */

import { describe, expect, it, onTestFinished } from "vitest";
import { ArmEnv } from "../../env/arm-env.ts";
import { checkEnv } from "../../env/check/check-env.ts";
import { planar2 } from "../../env/models/planar2.ts";
import { makeEnv, makeInteractive } from "../../env/registry.ts";
import { Variation } from "../../env/variation.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";

const ALL = {
  startNoise: 0.1,
  observationNoise: 0.01,
  mass: [0.8, 1.2],
  damping: [0.5, 1.5],
  torque: [0.9, 1.1],
  delay: [0.01, 0.06],
  friction: [0.5, 2],
};

const configOf = (variation: object, more: object = {}) =>
  parseConfig({ env: { id: "planar2-reach", variation, ...more } }, "test").env;

async function make(variation: object, more: object = {}): Promise<ArmEnv> {
  const env = await makeEnv(configOf(variation, more), 0.95);
  onTestFinished(() => env.dispose());
  if (!(env instanceof ArmEnv)) throw new Error("expected an ArmEnv");
  return env;
}

/** Plays random actions and returns all observations. */
function play(env: ArmEnv, seed: number, steps = 20): GoalObservation[] {
  const rng = Rng.fromSeed(9);
  const observed: GoalObservation[] = [env.reset({ seed })];
  for (let i = 0; i < steps; i++) observed.push(env.step(sampleBox(env.actionSpace, rng)));
  return observed;
}

describe("variation", () => {
  it("is nominal by default, and can be read", async () => {
    const env = await make({});
    env.reset({ seed: 1 });
    expect(env.variation).toEqual({
      mass: [1, 1],
      damping: [1, 1],
      torque: [1, 1],
      delay: 0,
      friction: 1,
    });
  });

  it("is drawn from the seed for each episode, uniformly within its ranges", async () => {
    const env = await make(ALL);
    env.reset({ seed: 5 });
    const first = env.variation;
    env.reset();
    expect(env.variation).not.toEqual(first);
    env.reset({ seed: 5 });
    expect(env.variation).toEqual(first);
    const drawn = Array.from({ length: 300 }, () => {
      env.reset();
      return env.variation;
    });
    for (const [values, [low, high]] of [
      [drawn.flatMap(({ mass }) => mass), [0.8, 1.2]],
      [drawn.flatMap(({ damping }) => damping), [0.5, 1.5]],
      [drawn.flatMap(({ torque }) => torque), [0.9, 1.1]],
      [drawn.map(({ delay }) => delay), [0.01, 0.06]],
      [drawn.map(({ friction }) => friction), [0.5, 2]],
    ] as const) {
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.9 * (high - low));
    }
  });

  it("does not change starts and goals", async () => {
    const { startNoise: _, observationNoise: __, ...arm } = ALL;
    const [plain, varied] = [await make({}), await make(arm)];
    for (const seed of [1, 2]) {
      expect(varied.reset({ seed })).toEqual(plain.reset({ seed }));
      expect(varied.reset()).toEqual(plain.reset());
    }
    expect(play(varied, 3)[20]).not.toEqual(play(plain, 3)[20]);
  });

  it("gives a motor of half the strength the effect of half the torque scale", async () => {
    const half = await make({ torque: [0.5, 0.5] }, { torqueScale: 0.5 });
    expect(play(half, 1)).toEqual(play(await make({}, { torqueScale: 0.25 }), 1));
  });

  it("scales masses, inertias and damping, but not the rotors' inertia", () => {
    const { variation } = configOf({ mass: [2, 2], damping: [0.5, 0.5] });
    const doubled = new Variation(variation, planar2, 1 / 200);
    doubled.begin(Rng.fromSeed(1), 1);
    for (const [i, link] of doubled.model().links.entries()) {
      const nominal = planar2.links[i]!;
      expect([link.mass, link.damping, link.armature]).toEqual([
        2 * nominal.mass,
        nominal.damping / 2,
        nominal.armature,
      ]);
      expect(link.inertia).toEqual(nominal.inertia.map((moment) => 2 * moment));
      expect(link.centerOfMass).toEqual(nominal.centerOfMass);
    }
  });

  it.each(["torque", "position"])(
    "delays actions exactly: with one step of delay, the previous action takes effect, under %s control",
    async (control) => {
      const plain = await make({}, { control });
      const delayed = await make({ delay: [0.04, 0.04] }, { control });
      const rng = Rng.fromSeed(3);
      const actions = Array.from({ length: 10 }, () => sampleBox(plain.actionSpace, rng));
      plain.reset({ seed: 1 });
      delayed.reset({ seed: 1 });
      plain.step([0, 0]);
      for (const [i, action] of actions.entries()) {
        const { observation } = delayed.step(action);
        if (i > 0) expect(observation).toEqual(plain.step(actions[i - 1]!).observation);
      }
    },
  );

  it("delays by fractions of a step: an action due at its middle has about half the effect", async () => {
    const elbowSpeed = async (delay: number) => {
      const env = await make({ delay: [delay, delay] });
      env.reset({ seed: 1 });
      return Math.abs(env.step([0, 1]).observation[4]!);
    };
    const [none, half, full] = [await elbowSpeed(0), await elbowSpeed(0.02), await elbowSpeed(0.04)];
    expect(full).toBe(0);
    expect(half).toBeGreaterThan(0.3 * none);
    expect(half).toBeLessThan(0.8 * none);
  });

  it("adds noise of that standard deviation to observations, reproducible by seed, and none to goals", async () => {
    const [plain, noisy] = [await make({}), await make({ observationNoise: 0.01 })];
    const errors: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const [clean, observed] = [play(plain, seed), play(noisy, seed)];
      expect(play(noisy, seed)).toEqual(observed);
      for (const [i, { observation, achievedGoal, desiredGoal }] of observed.entries()) {
        expect([achievedGoal, desiredGoal]).toEqual([clean[i]!.achievedGoal, clean[i]!.desiredGoal]);
        // The first two are a sine and a cosine, clipped at ±1.
        for (let k = 2; k < observation.length; k++) errors.push(observation[k]! - clean[i]!.observation[k]!);
      }
    }
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const std = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / errors.length);
    expect(Math.abs(mean)).toBeLessThan(0.001);
    expect(Math.abs(std - 0.01)).toBeLessThan(0.0005);
  });

  it("starts joints within its range about home and within the limits", async () => {
    const env = await make({ startNoise: 3 });
    const elbows = Array.from({ length: 200 }, () => env.reset().observation[2]!);
    expect(Math.max(...elbows)).toBeGreaterThan(1);
    expect(Math.min(...elbows)).toBeCloseTo(-2.6, 6);
    const narrow = await make({ startNoise: 0 });
    expect(narrow.reset({ seed: 1 }).observation[2]).toBeCloseTo(planar2.home[1]!, 6);
  });

  it("is the same for the interactive arm, bit for bit", async () => {
    const more = { reward: "potential", rewardTerms: { action: 0.1, smoothness: 0.1 } };
    const env = await make(ALL, more);
    const arm = await makeInteractive(configOf(ALL, more), 0.95);
    onTestFinished(() => arm.dispose());
    const rng = Rng.fromSeed(2);
    for (const options of [{ seed: 4 }, {}]) {
      expect(arm.reset(options)).toEqual(env.reset(options));
      expect(arm.variation).toEqual(env.variation);
      for (let i = 0; i < env.maxEpisodeSteps; i++) {
        const action = sampleBox(env.actionSpace, rng);
        const { observation, reward } = env.step(action);
        arm.act(action);
        for (let k = 0; k < arm.timing.substeps; k++) arm.advance(1);
        expect([arm.observe().observation, arm.outcome().reward]).toEqual([observation, reward]);
      }
    }
  });

  it("keeps every promise of an environment", async () => {
    const config = configOf(ALL);
    expect(await checkEnv(() => makeEnv(config, 0.95))).toEqual([]);
  });

  it("rejects ranges in the wrong order, and arms that would be unstable", async () => {
    expect(() => configOf({ mass: [1.2, 0.8] })).toThrow(
      /env\.variation\.mass: expected .*, got \[1\.2,0\.8\]/,
    );
    await expect(make({ damping: [1, 10] })).rejects.toThrow(
      /^env\.variation: planar2: link .*damping: expected less than/,
    );
  });
});
