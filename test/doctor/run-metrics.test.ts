/** @file The metrics that symptoms refer to, on rows with known results. */

import { describe, expect, it } from "vitest";
import { collectMetrics, type MetricContext } from "../../doctor/run-metrics.ts";

const SPARSE: MetricContext = {
  gamma: 0.9,
  rewardScale: 1,
  steps: 10_000,
  warmupSteps: 1000,
  normRate: Number.NaN,
  averaging: 0,
  evaluationEpisodes: 20,
  updatesPerStep: 0.5,
  tau: 0.1,
  targetNetworks: true,
  rewardRange: [-1, 0],
  sparse: true,
  hindsight: true,
};

const rows = (...values: Readonly<Record<string, number>>[]) =>
  values.map((each, i) => ({ step: 1000 * (i + 1), values: each }));

const value = (name: string, ...of: Parameters<typeof collectMetrics>) =>
  collectMetrics(...of).get(name)?.value;

describe("run metrics", () => {
  it("are means of the last three evaluations, with all evaluations as trend", () => {
    const metric = collectMetrics(rows({ x: 9 }, { x: 1 }, { x: 2 }, { x: 6 }), {}, SPARSE).get("x");
    expect(metric).toEqual({ value: 3, trend: [9, 1, 2, 6] });
  });

  it("ignore evaluations before the first update unless there are no others", () => {
    const before = { "train/n_updates": 0, snr: 160 };
    expect(value("snr", rows(before, { "train/n_updates": 10, snr: 1 }), {}, SPARSE)).toBe(1);
    expect(value("snr", rows(before), {}, SPARSE)).toBe(160);
  });

  it("leave out metrics that are missing or not finite", () => {
    const metrics = collectMetrics(
      rows({ x: Number.NaN, "train/q_mean": -1 }),
      { "probe/input_rms": Number.NaN },
      SPARSE,
    );
    expect(metrics.has("x")).toBe(false);
    expect(metrics.has("probe/input_rms")).toBe(false);
    expect(metrics.has("doctor/value_lag")).toBe(false);
    expect(metrics.has("doctor/value_over_bound")).toBe(true);
  });

  it("compare Q with its bound, its targets and its bias", () => {
    const metrics = rows({ "train/q_mean": -5, "train/target_mean": -10, "diagnostics/q_bias_mean": 2 });
    expect(value("doctor/value_over_bound", metrics, {}, SPARSE)).toBeCloseTo(0.5, 9);
    expect(value("doctor/value_lag", metrics, {}, SPARSE)).toBeCloseTo(0.5, 9);
    expect(value("doctor/bias_share", metrics, {}, SPARSE)).toBeCloseTo(0.2, 9);
  });

  it("compare rewards with success", () => {
    const metrics = rows({
      "eval/mean_reward": -40,
      "eval/mean_ep_length": 50,
      "eval/success_once": 0.5,
      "eval/success_rate": 0.25,
      "diagnostics/reward_density_hindsight": 0.1,
      "diagnostics/reward_for_success": 0.9,
    });
    expect(value("doctor/pay_without_success", metrics, {}, SPARSE)).toBeCloseTo(0.2 - 0.5, 9);
    expect(value("doctor/success_paid", metrics, {}, SPARSE)).toBeCloseTo(0.9, 9);
    // Ten rewarded steps an episode, and a quarter of the episodes held at the end.
    expect(value("doctor/own_success_paid", metrics, {}, SPARSE)).toBeCloseTo(10 / 0.25, 9);
    expect(value("doctor/batches_paid", metrics, {}, SPARSE)).toBeCloseTo(0.1, 9);
    expect(value("doctor/hindsight_paid", metrics, {}, SPARSE)).toBeCloseTo(0.9, 9);
    expect(value("doctor/hindsight_paid", metrics, {}, { ...SPARSE, hindsight: false })).toBeUndefined();
    expect(value("doctor/batches_paid", metrics, {}, { ...SPARSE, sparse: false })).toBeUndefined();
  });

  it("compare updates with those that the settings plan, and Q in the units of the reward", () => {
    const metrics = [{ step: 5000, values: { "train/n_updates": 500, "train/q_mean": -50 } }];
    expect(value("doctor/planned_updates", metrics, {}, SPARSE)).toBeCloseTo(0.45, 9);
    expect(value("doctor/updates_done", metrics, {}, SPARSE)).toBeCloseTo(500 / 2000, 9);
    expect(value("doctor/updates_done", [{ step: 1500, values: {} }], {}, SPARSE)).toBeUndefined();
    expect(value("doctor/value_over_bound", metrics, {}, { ...SPARSE, rewardScale: 10 })).toBeCloseTo(0.5, 9);
    expect(
      value("doctor/value_over_bound", metrics, {}, { ...SPARSE, rewardScale: Number.NaN }),
    ).toBeUndefined();
  });

  it("report dormant units at the start only from before the first update", () => {
    const dormant = { "diagnostics/dormant_actor": 0.2, "diagnostics/dormant_critic": 1 };
    expect(value("doctor/dormant_at_start", rows({ ...dormant, "train/n_updates": 0 }), {}, SPARSE)).toBe(1);
    expect(
      value("doctor/dormant_at_start", rows({ ...dormant, "train/n_updates": 5 }), {}, SPARSE),
    ).toBeUndefined();
  });

  it("divide the updates that values need to converge by those done", () => {
    const metrics = rows({ "train/n_updates": 50 });
    expect(value("doctor/horizon_updates", metrics, {}, SPARSE)).toBeCloseTo(100 / 50, 9);
    expect(value("doctor/horizon_updates", metrics, {}, { ...SPARSE, targetNetworks: false })).toBeCloseTo(
      10 / 50,
      9,
    );
  });

  it("compute swings from at least five evaluations since the policy learned", () => {
    const swings = (...rates: number[]) =>
      value("doctor/swings", rows(...rates.map((rate) => ({ "eval/success_rate": rate }))), {}, SPARSE);
    expect(swings(0, 0, 0, 0, 0, 0, 0.9, 0.9, 0.9, 0.9)).toBeUndefined();
    expect(swings(0, 0, 0.9, 0.9, 0.9, 0.9, 0.9)).toBeCloseTo(0, 9);
    expect(swings(0, 1, 0, 1, 0, 1)).toBeCloseTo(Math.sqrt(0.24), 9);
    // Evaluations of 20 episodes vary by sampling.
    expect(swings(0, 0.8, 0.9, 0.7, 0.8, 0.8)).toBe(0);
    expect(swings(0, 0.8, 1, 0.6, 0.9, 0.8)).toBeCloseTo(Math.sqrt(0.0176 - 0.0065), 3);
    // Only the last ten evaluations count.
    expect(swings(1, 0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9)).toBeCloseTo(0, 9);
    // Three evaluations in a row of at least 0.98 end the swings.
    expect(swings(1, 0, 1, 0, 0.98, 1, 0.98)).toBe(0);
    expect(swings(1, 0, 1, 0, 0.97, 1, 0.98)).toBeGreaterThan(0.4);
    expect(swings(1, 0, 1, 0, 1, 1)).toBeGreaterThan(0.4);
  });

  it("compute the rise over the last six evaluations and the fall from the best", () => {
    const rates = [1, 0, 0.2, 0, 0.8, 1, 0.9].map((rate) => ({
      "eval/success_once": rate,
      "eval/success_rate": rate,
    }));
    expect(value("doctor/rise", rows(...rates), {}, SPARSE)).toBeCloseTo(0.9 - 0.2 / 3, 9);
    expect(value("doctor/fall", rows(...rates), {}, SPARSE)).toBeCloseTo(0.1, 9);
  });
});
