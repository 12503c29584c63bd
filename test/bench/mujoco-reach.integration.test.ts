/** @file The reach environment in MuJoCo: starts and goals of ours, and motion close to it. */

import { expect, it } from "vitest";
import { mujocoReach } from "../../bench/mujoco-reach.ts";
import { makeArmEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import { distance } from "../../shared/vec3.ts";

const TIMING = { stepsPerSubstep: 1, armature: false };

it.each(["torque", "ee"])(
  "starts as our environment does, and moves alike under %s control",
  async (control) => {
    const config = parseConfig({ env: { id: "panda-reach", control } }, "test");
    const ours = await makeArmEnv(config.env, config.agent.gamma);
    const mujoco = await mujocoReach(config, TIMING);
    const rng = Rng.fromSeed(3);
    for (const seed of [1, 2]) {
      const [ourStart, start] = [ours.reset({ seed }), mujoco.reset({ seed })];
      expect(start.desiredGoal).toEqual(ourStart.desiredGoal);
      for (const [i, value] of ourStart.observation.entries())
        expect(start.observation[i]).toBeCloseTo(value, 5);
      let moved = 0;
      for (let i = 0; i < ours.maxEpisodeSteps; i++) {
        const action = sampleBox(ours.actionSpace, rng);
        const [ourStep, step] = [ours.step(action), mujoco.step(action)];
        expect(step.truncated).toBe(ourStep.truncated);
        expect(step.isSuccess).toBe(mujoco.isAchieved(step.achievedGoal, step.desiredGoal));
        expect(distance(step.achievedGoal, ourStep.achievedGoal)).toBeLessThan(i < 12 ? 0.02 : 0.2);
        moved = Math.max(moved, distance(step.achievedGoal, start.achievedGoal));
      }
      expect(moved).toBeGreaterThan(0.03);
    }
    ours.dispose();
    mujoco.dispose();
  },
);

it("refuses other tasks", async () => {
  await expect(mujocoReach(parseConfig({ env: { id: "panda-push" } }, "test"), TIMING)).rejects.toThrow(
    /expected a policy of a reach task, got "panda-push"/,
  );
});
