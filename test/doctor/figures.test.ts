/** @file The figures that symptoms are rules over, on rows that can be checked by head. */

import { describe, expect, it } from "vitest";
import { type FigureContext, gatherFigures } from "../../doctor/figures.ts";

const SPARSE: FigureContext = {
  gamma: 0.9,
  tau: 0.1,
  targetNetworks: true,
  rewardRange: [-1, 0],
  sparse: true,
  hindsight: true,
};

const rows = (...values: Readonly<Record<string, number>>[]) =>
  values.map((each, i) => ({ step: 1000 * (i + 1), values: each }));

const value = (name: string, ...of: Parameters<typeof gatherFigures>) =>
  gatherFigures(...of).get(name)?.value;

describe("figures", () => {
  it("are means of the last three evaluations, with all of them as trend", () => {
    const figure = gatherFigures(rows({ x: 9 }, { x: 1 }, { x: 2 }, { x: 6 }), {}, SPARSE).get("x");
    expect(figure).toEqual({ value: 3, trend: [9, 1, 2, 6] });
  });

  it("leave out what was seen before the first update, unless there is nothing else", () => {
    const before = { "train/n_updates": 0, snr: 160 };
    expect(value("snr", rows(before, { "train/n_updates": 10, snr: 1 }), {}, SPARSE)).toBe(1);
    expect(value("snr", rows(before), {}, SPARSE)).toBe(160);
  });

  it("are missing where a metric is, or is not finite", () => {
    const figures = gatherFigures(
      rows({ x: Number.NaN, "train/q_mean": -1 }),
      { "probe/input_rms": Number.NaN },
      SPARSE,
    );
    expect(figures.has("x")).toBe(false);
    expect(figures.has("probe/input_rms")).toBe(false);
    expect(figures.has("doctor/value_lag")).toBe(false);
    expect(figures.has("doctor/value_over_bound")).toBe(true);
  });

  it("hold Q against its bound and its targets", () => {
    const metrics = rows({ "train/q_mean": -5, "train/target_mean": -10, "diagnostics/q_bias_mean": 2 });
    expect(value("doctor/value_over_bound", metrics, {}, SPARSE)).toBeCloseTo(0.5, 9);
    expect(value("doctor/value_lag", metrics, {}, SPARSE)).toBeCloseTo(0.5, 9);
    expect(value("doctor/bias_share", metrics, {}, SPARSE)).toBeCloseTo(0.2, 9);
  });

  it("hold pay against success", () => {
    const metrics = rows({
      "eval/mean_reward": -40,
      "eval/mean_ep_length": 50,
      "eval/success_once": 0.5,
      "diagnostics/reward_density_hindsight": 0.1,
      "diagnostics/reward_for_success": 0.9,
    });
    expect(value("doctor/pay_without_success", metrics, {}, SPARSE)).toBeCloseTo(0.2 - 0.5, 9);
    expect(value("doctor/success_paid", metrics, {}, SPARSE)).toBeCloseTo(0.9, 9);
    expect(value("doctor/batches_paid", metrics, {}, SPARSE)).toBeCloseTo(0.1, 9);
    expect(value("doctor/hindsight_paid", metrics, {}, SPARSE)).toBeCloseTo(0.9, 9);
    expect(value("doctor/hindsight_paid", metrics, {}, { ...SPARSE, hindsight: false })).toBeUndefined();
    expect(value("doctor/batches_paid", metrics, {}, { ...SPARSE, sparse: false })).toBeUndefined();
  });

  it("see units that were dormant before the first update, and only then", () => {
    const dormant = { "diagnostics/dormant_actor": 0.2, "diagnostics/dormant_critic": 1 };
    expect(value("doctor/dormant_at_start", rows({ ...dormant, "train/n_updates": 0 }), {}, SPARSE)).toBe(1);
    expect(
      value("doctor/dormant_at_start", rows({ ...dormant, "train/n_updates": 5 }), {}, SPARSE),
    ).toBeUndefined();
  });

  it("count the updates that values need to settle, over those there were", () => {
    const metrics = rows({ "train/n_updates": 50 });
    expect(value("doctor/horizon_updates", metrics, {}, SPARSE)).toBeCloseTo(100 / 50, 9);
    expect(value("doctor/horizon_updates", metrics, {}, { ...SPARSE, targetNetworks: false })).toBeCloseTo(
      10 / 50,
      9,
    );
  });

  it("see swings since the policy had learned, once there are five evaluations of that", () => {
    const of = (...rates: number[]) =>
      value("doctor/swings", rows(...rates.map((rate) => ({ "eval/success_rate": rate }))), {}, SPARSE);
    expect(of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1)).toBeUndefined();
    expect(of(0, 0, 1, 1, 1, 1, 1)).toBe(0);
    expect(of(0, 1, 0, 1, 0, 1)).toBeCloseTo(Math.sqrt(0.24), 9);
    // Ten evaluations back and no farther.
    expect(of(1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).toBe(0);
  });

  it("see success rise over the last six evaluations, and fall from its best", () => {
    const rates = [1, 0, 0.2, 0, 0.8, 1, 0.9].map((rate) => ({
      "eval/success_once": rate,
      "eval/success_rate": rate,
    }));
    expect(value("doctor/rise", rows(...rates), {}, SPARSE)).toBeCloseTo(0.9 - 0.2 / 3, 9);
    expect(value("doctor/fall", rows(...rates), {}, SPARSE)).toBeCloseTo(0.1, 9);
  });
});
