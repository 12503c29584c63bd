/** @file Diagnoses short runs with injected faults; injected-faults.long.test.ts diagnoses more, bench/doctor.ts all. */

import { describe, expect, it } from "vitest";
import { causeOf, diagnosisOf, HALF_RANDOM } from "./short-diagnosis.ts";

describe("an injected fault", () => {
  it.each(["saturated-start", "reward-sign-flipped", "hindsight-pays-stale-goal", "actor-frozen"])(
    "%s is found after 600 steps",
    async (name) => {
      const { verdict, findings } = await diagnosisOf(name);
      expect(verdict).toBe(causeOf(name));
      for (const { metric, value } of findings[0]?.evidence ?? []) expect(value, metric).not.toBeNaN();
    },
  );

  it.each(["dead-motor", "goal-missing", "observation-noise"])(
    "%s is found after 1,000 steps, half of them random",
    async (name) => {
      const { verdict } = await diagnosisOf(name, HALF_RANDOM);
      expect(verdict).toBe(causeOf(name));
    },
  );

  it.each([
    ["dead-motor", "exam/other_motion"],
    ["observation-noise", "exam/other_sensors"],
    ["goal-missing", "exam/other_goals"],
    ["evaluation-observes-otherwise", "exam/other_evaluation"],
  ])("%s makes the intact environment differ from the run in %s", async (name, figure) => {
    const { examinations } = await diagnosisOf(name, HALF_RANDOM);
    expect(examinations[figure]).toBeGreaterThan(0.1);
    expect(examinations["exam/actor_agrees"]).toBe(1);
  });

  it.each(["hindsight-pays-stale-goal", "actor-frozen"])(
    "%s makes intact updates differ from the run's",
    async (name) => {
      const { examinations } = await diagnosisOf(name);
      expect(examinations["exam/other_episodes"]).toBe(0);
      expect(examinations["exam/actor_agrees"]).toBeLessThan(0.9);
    },
  );

  it("is not found in a run that is only too short", async () => {
    const { verdict, findings, unknown, examinations } = await diagnosisOf("ddpg-her");
    for (const part of ["goals", "sensors", "tracker", "motion", "ends", "episodes", "evaluation", "rewards"])
      expect(examinations[`exam/other_${part}`], part).toBe(0);
    expect(examinations).toMatchObject({
      "exam/other_weights": 0,
      "exam/actor_agrees": 1,
      "exam/critic_agrees": 1,
      "exam/update_agrees": 1,
    });
    expect(verdict).toBe("under-trained");
    expect(findings[0]?.confidence).toBeLessThan(0.5);
    expect(unknown.join()).toContain("oscillation");
  });
});
