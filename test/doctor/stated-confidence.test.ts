/** @file Confidence as stated: only what is proven is above 0.6, and the order of the ranking is kept. */

import { describe, expect, it } from "vitest";
import { rank } from "../../doctor/rank.ts";
import { withStatedConfidence } from "../../doctor/stated-confidence.ts";
import { parseConfig } from "../../shared/config.ts";
import { healthyMetrics } from "./healthy-metrics.ts";

const CONFIG = parseConfig({}, "test");

/** Returns the causes with their confidence as ranked, as stated, and whether they are proven. */
const findings = (changes: Readonly<Record<string, number>>, config = CONFIG) => {
  const ranked = rank(healthyMetrics(changes), config);
  const stated = withStatedConfidence(ranked);
  return stated.map(({ cause, confidence, proven }, i) => [cause, ranked[i]?.confidence, confidence, proven]);
};

const LAWFUL = { "exam/motors_explained": 1, "exam/motor_least_gain": 0, "exam/motor_most_gain": 1 };
const GLITCHES = { "probe/success_in_inputs": 0.001 };
/** Episodes and updates are those of the settings. */
const REPEATED = {
  "exam/other_episodes": 0,
  "exam/other_evaluation": 0,
  "exam/actor_agrees": 1,
  "exam/critic_agrees": 1,
};

describe("the stated confidence", () => {
  it("is that of the ranking for a motor whose law is known", () => {
    expect(findings(LAWFUL)).toEqual([["dead-motor", 0.96, 0.96, true]]);
  });

  it("is at most 0.6 for what metrics suggest", () => {
    expect(findings(GLITCHES)).toEqual([["coarse-inputs", 0.9, 0.6, false]]);
  });

  it("is not above that of the finding before it", () => {
    expect(findings({ ...GLITCHES, "doctor/norm_updates": 1 })).toEqual([
      ["coarse-inputs", 0.9, 0.6, false],
      ["untracked-statistics", 0.86, 0.6, true],
    ]);
  });

  it("is not that of a proof for what another finding explains", () => {
    const [, effect] = findings({ ...LAWFUL, "exam/motor_least_gain": -1, "exam/motor_most_gain": 2 });
    expect(effect).toEqual(["strong-actions", expect.closeTo(0.4 * 0.95), expect.closeTo(0.4 * 0.95), false]);
  });

  it("is that of the ranking for the one setting that is unusual, where all else is as set", () => {
    const slow = parseConfig({ agent: { actorLearningRate: 1e-7 } }, "test");
    const metrics = { ...REPEATED, "probe/actor_step": 1e-8, "doctor/unusual_factor": 1e4 };
    expect(findings(metrics, slow)[0]).toEqual(["actor-rate-too-low", 0.85, 0.85, true]);
    const two = parseConfig({ agent: { actorLearningRate: 1e-7, tau: 1e-6 } }, "test");
    expect(findings(metrics, two)[0]).toEqual(["actor-rate-too-low", 0.85, 0.6, false]);
    expect(findings({ "probe/actor_step": 1e-8 })[0]).toEqual(["actor-rate-too-low", 0.85, 0.6, false]);
  });
});
