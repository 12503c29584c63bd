import { describe, expect, it } from "vitest";
import { Episode, episodeSizes } from "../../shared/episode.ts";
import type { Step } from "../../shared/goal-env.ts";
import { evaluate, evaluationSeeds } from "../../training/evaluate.ts";
import { EpisodeError } from "../../training/failed-episode.ts";
import { rollout } from "../../training/rollout.ts";
import { ProgressState, TrainingProgress } from "../../training/training-progress.ts";
import { lineReach } from "../toy-envs.ts";

/** Moves towards the goal as fast as possible and stops there. */
const towardsGoal = (
  { observation, desiredGoal }: { observation: Float32Array; desiredGoal: Float32Array },
  action: Float32Array,
) => {
  action[0] = (desiredGoal[0]! - observation[0]!) * 10;
};

describe("rollout", () => {
  it("records a complete episode and calls afterStep after each step", async () => {
    const env = lineReach();
    const episode = new Episode(episodeSizes(env));
    let calls = 0;
    await rollout(env, { seed: 5, goal: [0.55] }, towardsGoal, episode, async () => {
      calls += 1;
    });
    expect(episode.length).toBe(20);
    expect(calls).toBe(20);
    expect(episode.desiredGoal[0]).toBeCloseTo(0.55, 6);
    expect(episode.successAtEnd && episode.successOnce).toBe(true);
    expect(episode.terminated).toBe(false);
    expect(episode.episodeReturn).toBeLessThan(0);
    expect(episode.episodeReturn).toBeGreaterThan(-10);
    const x = [...episode.observations];
    for (let t = 0; t < 20; t++) {
      expect(x[t + 1]).toBeCloseTo(x[t]! + 0.1 * Math.max(-1, Math.min(1, episode.actions[t]!)), 5);
    }
  });

  it("overwrites the previous episode", async () => {
    const env = lineReach();
    const episode = new Episode(episodeSizes(env));
    await rollout(env, { seed: 5, goal: [0.1] }, towardsGoal, episode);
    await rollout(env, { seed: 5, goal: [3] }, towardsGoal, episode);
    expect(episode.successOnce).toBe(false);
    expect(episode.episodeReturn).toBe(-20);
  });

  it("stops at the first number that training cannot compute with, and keeps the steps before it", async () => {
    const faults: [string, Partial<Step>, RegExp][] = [
      ["observation", { observation: Float32Array.of(Number.NaN) }, /observation\[0\]: .* got NaN$/],
      ["achieved goal", { achievedGoal: Float32Array.of(2e10) }, /achievedGoal\[0\]: .* ±1e10, got 2/],
      ["desired goal", { desiredGoal: new Float32Array(2) }, /desiredGoal: expected 1 numbers, got 2$/],
      ["reward", { reward: Number.NEGATIVE_INFINITY }, /reward: .* got -Infinity$/],
    ];
    for (const [part, fault, expected] of faults) {
      const env = lineReach();
      const { step } = env;
      let steps = 0;
      const broken = {
        ...env,
        step: (action: ArrayLike<number>) => ({ ...step(action), ...(++steps === 4 ? fault : {}) }),
      };
      const episode = new Episode(episodeSizes(env));
      const error = await rollout(broken, { seed: 5 }, towardsGoal, episode).catch(
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof EpisodeError))
        throw new Error(`${part}: expected an EpisodeError, got ${error}`);
      expect(error.message).toMatch(expected);
      expect(error.message).toMatch(/^line-reach\.step /);
      const { actions, observations, rewards, failedStep, reset } = error.episode;
      expect([actions.length, observations.length, rewards?.length, reset]).toEqual([3, 4, 3, { seed: 5 }]);
      expect(failedStep?.action).toHaveLength(1);
    }
  });

  it("stops before the environment gets an action of the policy that is not finite", async () => {
    const env = lineReach();
    let steps = 0;
    const counting = {
      ...env,
      step: (action: ArrayLike<number>) => {
        steps += 1;
        return env.step(action);
      },
    };
    const act = (_: unknown, action: Float32Array) => void action.fill(steps === 2 ? Number.NaN : 0);
    const played = rollout(counting, { seed: 5 }, act, new Episode(episodeSizes(env)));
    await expect(played).rejects.toThrow(/^policy action\[0\]: expected a number within ±1e10, got NaN$/);
    expect(steps).toBe(2);
  });
});

describe("evaluate", () => {
  it("distinguishes holding the goal from passing it, and measures the final distance", async () => {
    const seeds = evaluationSeeds(1, "final", 30);
    const holding = await evaluate(lineReach(), towardsGoal, seeds);
    expect(holding).toMatchObject({ episodes: 30, successRate: 1, successOnce: 1, meanLength: 20 });
    expect(holding.meanFinalDistance).toBeLessThan(0.05);

    const passing = await evaluate(
      lineReach(),
      ({ desiredGoal }, action) => {
        action[0] = Math.sign(desiredGoal[0]!);
      },
      seeds,
    );
    expect(passing.successRate).toBe(0);
    expect(passing.successOnce).toBeGreaterThan(0.5);
    expect(passing.meanFinalDistance).toBeGreaterThan(0.5);
  });

  it("uses the same episodes for the same seed, and others in the final evaluation", () => {
    expect(evaluationSeeds(4, "training", 5)).toEqual(evaluationSeeds(4, "training", 5));
    expect(evaluationSeeds(4, "training", 8).slice(0, 5)).toEqual(evaluationSeeds(4, "training", 5));
    const training = new Set(evaluationSeeds(4, "training", 100));
    expect(evaluationSeeds(4, "final", 100).some((seed) => training.has(seed))).toBe(false);
  });
});

describe("TrainingProgress", () => {
  const episode = (episodeReturn: number, success: boolean) => ({
    episodeReturn,
    length: 50,
    successAtEnd: success,
    firstSuccess: success ? 30 : 0,
    terms: new Float32Array(0),
  });
  const evaluation = {
    episodes: 1,
    successOnce: 1,
    meanFinalDistance: 0,
    meanReturn: 0,
    meanLength: 1,
    figures: {},
  };

  it("keeps the step of the first evaluation at 95 %", () => {
    const progress = new TrainingProgress(1);
    for (const successRate of [0.2, 0.95, 0.1, 1]) {
      progress.countEpisode(episode(-1, false));
      progress.countEvaluation(progress.steps, { ...evaluation, successRate });
    }
    expect(progress.stepsTo95).toBe(100);
  });

  it("keeps the step of the first success and computes the spread of the last ten evaluations", () => {
    const progress = new TrainingProgress(1);
    for (const success of [false, true, true]) progress.countEpisode(episode(-1, success));
    expect(progress.firstSuccessStep).toBe(80);
    for (const successRate of [0, 0, ...Array.from({ length: 10 }, (_, i) => i % 2)]) {
      progress.countEvaluation(progress.steps, { ...evaluation, successRate });
    }
    expect(progress.successSpread()).toBeCloseTo(0.5, 12);
  });

  it("averages the last hundred episodes", () => {
    const progress = new TrainingProgress(1);
    for (let i = 0; i < 250; i++) progress.countEpisode(episode(-i, i >= 200));
    expect(progress.recentAverages()).toEqual({
      "rollout/success_rate": 0.5,
      "rollout/ep_rew_mean": -199.5,
      "rollout/ep_len_mean": 50,
    });
  });

  it("averages each reward term's sum per episode, by name", () => {
    const progress = new TrainingProgress(1, ["action", "jointLimit"]);
    const terms = Float32Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? -1 : -0.5));
    progress.countEpisode({ ...episode(-75, false), terms });
    progress.countEpisode({ ...episode(0, false), terms: new Float32Array(100) });
    expect(progress.recentAverages()).toMatchObject({
      "rollout/reward_action": -25,
      "rollout/reward_joint_limit": -12.5,
    });
    const restored = new TrainingProgress(9, ["action", "jointLimit"]);
    restored.setState(JSON.parse(JSON.stringify(progress.getState())));
    expect(restored.recentAverages()).toEqual(progress.recentAverages());
  });

  it("continues after a save and restore through JSON with the same episode seeds", () => {
    const progress = new TrainingProgress(7);
    progress.countEpisode(episode(-3, true));
    progress.nextEpisodeSeed();
    progress.countEvaluation(progress.steps, { ...evaluation, successRate: 0.5 });
    const restored = new TrainingProgress(99);
    restored.setState(JSON.parse(JSON.stringify(progress.getState())));
    expect(restored.getState()).toEqual(progress.getState());
    expect(restored.nextEpisodeSeed()).toBe(progress.nextEpisodeSeed());
  });

  it.each([null, {}, { steps: -1 }, { ...new TrainingProgress(1).getState(), steps: "3" }])(
    "has a schema that rejects %j",
    (saved) => expect(ProgressState.safeParse(saved).success).toBe(false),
  );
});
