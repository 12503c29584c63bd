/** @file Diagnoses short runs with injected faults. bench/doctor.ts runs the complete table. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EnvironmentSettings } from "../../bench/faults/case.ts";
import { CASES } from "../../bench/faults/cases.ts";
import { trainCase } from "../../bench/faults/train-case.ts";
import { diagnose } from "../../doctor/diagnose.ts";
import { readRunRecord } from "../../doctor/run-record.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Enough steps for faults with immediate symptoms; too few to learn. */
const SHORT: EnvironmentSettings = {
  "train.steps": 600,
  "train.evaluateEvery": 200,
  "train.evaluationEpisodes": 5,
  "train.finalEpisodes": 5,
  "agent.warmupSteps": 200,
  "agent.batchSize": 64,
};

/** Enough random actions to examine the response to them. */
const HALF_RANDOM: EnvironmentSettings = { ...SHORT, "train.steps": 1000, "agent.warmupSteps": 500 };

const diagnoses = new Map<string, ReturnType<typeof diagnose>>();

/** Trains with a fault and diagnoses, once for all tests that ask for the same. */
function diagnosisOf(name: string, settings = SHORT): ReturnType<typeof diagnose> {
  const key = `${name} ${JSON.stringify(settings)}`;
  const diagnosis = diagnoses.get(key) ?? trainAndDiagnose(name, settings);
  diagnoses.set(key, diagnosis);
  return diagnosis;
}

async function trainAndDiagnose(name: string, settings: EnvironmentSettings): ReturnType<typeof diagnose> {
  const faultCase = CASES.find((each) => each.name === name);
  if (faultCase === undefined) throw new Error(`no case ${name}`);
  const run = join(temporaryFolder(), "run");
  await trainCase(faultCase, "planar2-reach", 1, run, settings);
  return diagnose(readRunRecord(run));
}

describe("an injected fault", () => {
  it.each([
    "saturated-start",
    "reward-sign-flipped",
    "hindsight-pays-stale-goal",
    "inputs-times-100",
    "dead-actor",
    "dead-critic",
    "statistics-of-still-arm",
    "updates-late",
  ])("%s is found after 600 steps", async (name) => {
    const { verdict, findings } = await diagnosisOf(name);
    expect(verdict).toBe(CASES.find((each) => each.name === name)?.cause);
    for (const { metric, value } of findings[0]?.evidence ?? []) expect(value, metric).not.toBeNaN();
  });

  it.each([
    "dead-motor",
    "delay",
    "goal-missing",
    "goal-of-before",
    "goals-jitter",
    "goals-unreachable",
    "observation-noise",
    "sensor-frozen",
    "actor-frozen",
    "critic-frozen",
    "one-unit",
    "tau-tiny",
    "warm-up-longer-than-run",
    "action-gain-low",
  ])("%s is found after 1,000 steps, half of them random", async (name) => {
    const { verdict } = await diagnosisOf(name, HALF_RANDOM);
    expect(verdict).toBe(CASES.find((each) => each.name === name)?.cause);
  });

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
