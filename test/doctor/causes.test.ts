/** @file Every rule of the table of causes: present with its symptoms, absent without one of them. */

import { describe, expect, it } from "vitest";
import type { Symptom } from "../../doctor/cause.ts";
import { CAUSES } from "../../doctor/causes.ts";
import { rank } from "../../doctor/rank.ts";
import { parseConfig, setByPath } from "../../shared/config.ts";
import { healthyMetrics } from "./healthy-metrics.ts";

const CONFIG = parseConfig({}, "test");

const beyond = ({ side, threshold }: Symptom) =>
  side === "over" ? threshold + Math.abs(threshold) / 10 : threshold - Math.abs(threshold) / 10;

const within = ({ side, threshold }: Symptom) =>
  beyond({ metric: "", source: "", threshold, side: side === "over" ? "under" : "over" });

/** Returns metrics, by name, with these symptoms. */
const metricsWith = (symptoms: readonly Symptom[]) =>
  Object.fromEntries(symptoms.map((symptom) => [symptom.metric, beyond(symptom)]));

describe("the table of causes", () => {
  it("finds no cause in a run that learns", () => {
    expect(rank(healthyMetrics(), CONFIG)).toEqual([]);
  });

  const patterns = CAUSES.flatMap((cause) => cause.patterns.map((pattern, i) => ({ cause, pattern, i })));
  it.each(patterns)("finds $cause.name by its pattern $i, and not by a part of it", ({ cause, pattern }) => {
    const find = (changes: Readonly<Record<string, number | undefined>>) =>
      rank(healthyMetrics(changes), CONFIG).find((each) => each.cause === cause.name);
    const finding = find(metricsWith(pattern.all));
    expect(finding?.confidence).toBeGreaterThanOrEqual(pattern.confidence * 0.4);
    expect(finding?.evidence.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(pattern.all.map(({ metric }) => metric)),
    );
    for (const omitted of pattern.all) {
      const others = metricsWith(pattern.all.filter((symptom) => symptom !== omitted));
      for (const value of [within(omitted), undefined]) {
        expect(find({ ...others, [omitted.metric]: value })?.confidence ?? 0, omitted.metric).toBeLessThan(
          pattern.confidence,
        );
      }
    }
  });

  it.each(CAUSES.filter(({ supports }) => supports.length > 0))(
    "is more confident in $name with its supporting symptoms, but does not find it by them alone",
    (cause) => {
      const confidence = (changes: Readonly<Record<string, number>>) =>
        rank(healthyMetrics(changes), CONFIG).find((finding) => finding.cause === cause.name)?.confidence ??
        0;
      const alone = metricsWith(cause.patterns.at(-1)!.all);
      expect(confidence({ ...alone, ...metricsWith(cause.supports) })).toBeGreaterThan(confidence(alone));
      expect(confidence(metricsWith(cause.supports))).toBe(0);
    },
  );

  it("trusts a cause less where repetition proves that it cannot lie there", () => {
    const confidence = (name: string, changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics(changes), CONFIG).find(({ cause }) => cause === name)?.confidence;
    const noise = { "exam/input_noise": 10 };
    const whole = confidence("noisy-sensors", noise)!;
    const of = (part: string) => ({ ...noise, "exam/other_episodes": 1, [`exam/other_${part}`]: 1 });
    expect(confidence("noisy-sensors", of("sensors"))).toBe(whole);
    expect(confidence("noisy-sensors", of("motion"))).toBeCloseTo(0.4 * whole, 9);
    const same = { "exam/other_episodes": 0, "exam/actor_agrees": 1, "exam/critic_agrees": 1 };
    expect(confidence("noisy-sensors", { ...noise, ...same })).toBeCloseTo(0.4 * whole, 9);
    const slow = { "exam/target_lag": 0.9 };
    const slowest = confidence("targets-too-slow", slow)!;
    expect(confidence("targets-too-slow", { ...slow, ...same })).toBe(slowest);
    expect(confidence("targets-too-slow", { ...slow, "exam/other_episodes": 1 })).toBeLessThan(slowest);
    expect(confidence("targets-too-slow", { ...slow, "exam/other_evaluation": 0.5 })).toBeLessThan(slowest);
  });

  it("trusts a cause less if the next update differs and does not show it, unless the environment can be the reason", () => {
    const confidence = (name: string, changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics(changes), CONFIG).find(({ cause }) => cause === name)?.confidence;
    const [slow, differs] = [{ "exam/critic_travel": 0.9 }, { "exam/update_agrees": 0 }];
    const whole = confidence("critic-rate-too-low", slow)!;
    expect(confidence("critic-rate-too-low", { ...slow, ...differs })).toBeCloseTo(0.4 * whole, 9);
    const small = { "exam/critic_step": 0.1, "exam/critic_step_direction": 1 };
    expect(confidence("critic-rate-too-low", { ...slow, ...differs, ...small })).toBeGreaterThan(whole);
    const unpaid = { "doctor/success_paid": -1 };
    const reversed = confidence("wrong-reward-sign", unpaid)!;
    expect(confidence("wrong-reward-sign", { ...unpaid, ...differs })).toBe(reversed);
  });

  it("blames an unusual setting where all else is proven intact, by the cause that names it if there is one", () => {
    const agent = { lastLayerInit: 10, preActivationPenalty: 0 };
    const config = parseConfig({ agent }, "test");
    const same = { "exam/other_episodes": 0, "exam/actor_agrees": 1, "exam/critic_agrees": 1 };
    const unusual = { ...same, "doctor/unusual_factor": 3000 };
    const orderOf = (changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics({ ...unusual, ...changes }), config).map(({ cause }) => cause);
    const diverged = { "doctor/value_over_bound": 1e6 };
    expect(orderOf(diverged)).toEqual(["unusual-settings", "divergence"]);
    const saturated = { "train/saturation": 0.99, "train/action_abs_mean": 1 };
    expect(orderOf(saturated)).toEqual(["saturated-actor", "unusual-settings"]);
  });

  it("keeps confidence at most 1 and sorts by it when all symptoms are present", () => {
    const everything = Object.assign(
      {},
      ...CAUSES.flatMap(({ patterns: all }) => all.map((each) => metricsWith(each.all))),
    );
    const findings = rank(healthyMetrics(everything), CONFIG);
    for (const { confidence } of findings) expect(confidence).toBeLessThanOrEqual(1);
    const confidences = findings.map(({ confidence }) => confidence);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
  });

  it("fixes causes by valid settings only", () => {
    for (const { fixes, name } of CAUSES) {
      const settings = {};
      for (const [path, value] of fixes) setByPath(settings, path, value);
      expect(() => parseConfig(settings, name)).not.toThrow();
    }
  });

  it("lists as effects only causes in the table, and never mutually", () => {
    for (const { name, effects } of CAUSES) {
      for (const effect of effects) {
        const cause = CAUSES.find((each) => each.name === effect);
        expect(cause?.effects, `${name} leads to ${effect}`).not.toContain(name);
      }
    }
  });
});

describe("ranking", () => {
  it("puts an effect below its cause and names that cause", () => {
    const findings = rank(
      healthyMetrics({
        "doctor/value_over_bound": 1e6,
        "train/saturation": 0.99,
        "train/action_abs_mean": 1,
      }),
      CONFIG,
    );
    expect(findings.map(({ cause }) => cause)).toEqual(["divergence", "saturated-actor"]);
    expect(findings[1]).toMatchObject({ followsFrom: "divergence" });
    expect(findings[1]?.confidence).toBeCloseTo(0.8 * 0.4, 9);
  });

  it("does not take a pattern for a cause that another symptom contradicts", () => {
    const weak = { "exam/action_gain": 0.1, "exam/other_motion": 1, "exam/other_episodes": 1 };
    const first = (changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics({ ...weak, ...changes }), CONFIG)[0]?.cause;
    expect(first({})).toBe("weak-actions");
    expect(first({ "exam/motors_explained": 0.1 })).toBe("changed-environment");
  });

  it.each([
    ["weak-actions", { "exam/action_gain": 0.1 }],
    ["strong-actions", { "exam/action_gain": 10 }],
    ["wrong-wiring", { "exam/action_direction": -0.2 }],
    ["dead-motor", { "exam/dead_actions": 1 }],
  ])("finds no %s by the response of motors that are proven to be as they should", (name, response) => {
    const causes = (changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics({ ...response, ...changes }), CONFIG).map(({ cause }) => cause);
    expect(causes({})).toContain(name);
    expect(
      causes({ "exam/motors_explained": 1, "exam/motor_least_gain": 1, "exam/motor_most_gain": 1 }),
    ).toEqual([]);
  });

  it("trusts a pattern less where its own origin is excluded, whatever its cause's are", () => {
    const unused = { "exam/critic_action_use": 0 };
    const confidence = (changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics({ ...unused, ...changes }), CONFIG).find(
        ({ cause }) => cause === "misaligned-batch",
      )?.confidence;
    expect(confidence({})).toBe(0.8);
    expect(confidence({ "exam/update_agrees": 0 })).toBeCloseTo(0.4 * 0.8, 9);
    expect(confidence({ "exam/other_episodes": 1 })).toBeLessThan(0.8);
  });

  it("tells a fault in what a step is from another length of it", () => {
    const stepped = (step: number, direction: number) => ({
      "exam/update_agrees": 0,
      "exam/critic_gradient": 1,
      "exam/actor_gradient": 1,
      "exam/actor_step": step,
      "exam/actor_step_direction": direction,
    });
    const first = (changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics(changes), CONFIG)[0]?.cause;
    expect(first(stepped(0.1, 1))).toBe("actor-rate-too-low");
    expect(first(stepped(3, 1))).toBe("actor-rate-too-high");
    expect(first(stepped(1, -1))).toBe("actor-against-critic");
    expect(first(stepped(30, 0.1))).toBe("actor-rate-too-high");
    expect(first(stepped(1.3, 0.1))).toBe("changed-updates");
  });

  it("tells a network that updates leave out from one that never changed", () => {
    const still = { "exam/update_agrees": 0, "exam/critic_step": 0, "exam/critic_layer_step": 0 };
    const first = (changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics({ ...still, ...changes }), CONFIG)[0]?.cause;
    expect(first({ "exam/critic_travel": 0.01 })).toBe("too-few-updates");
    expect(first({ "exam/critic_travel": 0.001 })).toBe("frozen-network");
  });

  it("puts rewards that evaluations show to be others above what hindsight makes of them", () => {
    const unpaid = { "doctor/hindsight_paid": 0 };
    const first = (changes: Readonly<Record<string, number>>) =>
      rank(healthyMetrics({ ...unpaid, ...changes }), CONFIG)[0]?.cause;
    expect(first({})).toBe("relabelling-fault");
    expect(first({ "exam/other_rewards": 1 })).toBe("unpaid-success");
    expect(first({ "exam/other_rewards": 1, "doctor/success_paid": -1 })).toBe("wrong-reward-sign");
  });

  it("suggests only settings that the run does not have", () => {
    const metrics = healthyMetrics({ "train/saturation": 0.9 });
    expect(rank(metrics, CONFIG)[0]?.set).toEqual([]);
    const plain = parseConfig({ agent: { preActivationPenalty: 0 } }, "test");
    expect(rank(metrics, plain)[0]?.set).toEqual(["agent.preActivationPenalty=1"]);
  });

  it("lists value, threshold, side and source of each symptom", () => {
    const [finding] = rank(healthyMetrics({ "probe/input_rms": 80 }), CONFIG);
    expect(finding).toMatchObject({ cause: "bad-normalisation" });
    expect(finding?.evidence).toEqual([
      {
        metric: "probe/input_rms",
        value: 80,
        threshold: 5,
        side: "over",
        trend: [],
        source: expect.stringContaining("OpenAI Baselines"),
      },
    ]);
  });
});
