/** @file Every rule of the table is seen to fire, and to stay silent. */

import { describe, expect, it } from "vitest";
import type { Symptom } from "../../doctor/cause.ts";
import { CAUSES } from "../../doctor/causes.ts";
import { rank } from "../../doctor/diagnose.ts";
import { parseConfig, setByPath } from "../../shared/config.ts";
import { steadyFigures } from "./steady-figures.ts";

const CONFIG = parseConfig({}, "test");

const beyond = ({ side, threshold }: Symptom) =>
  side === "over" ? threshold + Math.abs(threshold) / 10 : threshold - Math.abs(threshold) / 10;

const within = ({ side, threshold }: Symptom) =>
  beyond({ figure: "", source: "", threshold, side: side === "over" ? "under" : "over" });

/** What must be changed in a steady run's figures for these symptoms to show. */
const shown = (symptoms: readonly Symptom[]) =>
  Object.fromEntries(symptoms.map((symptom) => [symptom.figure, beyond(symptom)]));

describe("the table of causes", () => {
  it("finds nothing in a run that learns", () => {
    expect(rank(steadyFigures(), CONFIG)).toEqual([]);
  });

  const patterns = CAUSES.flatMap((cause) => cause.patterns.map((pattern, i) => ({ cause, pattern, i })));
  it.each(patterns)("names $cause.name by its pattern $i, and by no part of it", ({ cause, pattern }) => {
    const named = (changes: Readonly<Record<string, number | undefined>>) =>
      rank(steadyFigures(changes), CONFIG).find((finding) => finding.cause === cause.name);
    const found = named(shown(pattern.all));
    expect(found?.confidence).toBeGreaterThanOrEqual(pattern.sure * 0.4);
    expect(found?.evidence.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(pattern.all.map(({ figure }) => figure)),
    );
    for (const left of pattern.all) {
      const others = shown(pattern.all.filter((symptom) => symptom !== left));
      for (const value of [within(left), undefined]) {
        expect(named({ ...others, [left.figure]: value })?.confidence ?? 0, left.figure).toBeLessThan(
          pattern.sure,
        );
      }
    }
  });

  it.each(CAUSES.filter(({ supports }) => supports.length > 0))(
    "is surer of $name with what supports it, but does not name it by that alone",
    (cause) => {
      const sure = (changes: Readonly<Record<string, number>>) =>
        rank(steadyFigures(changes), CONFIG).find((finding) => finding.cause === cause.name)?.confidence ?? 0;
      const alone = shown(cause.patterns.at(-1)!.all);
      expect(sure({ ...alone, ...shown(cause.supports) })).toBeGreaterThan(sure(alone));
      expect(sure(shown(cause.supports))).toBe(0);
    },
  );

  it("is never surer than sure, whatever comes together", () => {
    const everything = Object.assign(
      {},
      ...CAUSES.flatMap(({ patterns: all }) => all.map((each) => shown(each.all))),
    );
    const findings = rank(steadyFigures(everything), CONFIG);
    for (const { confidence } of findings) expect(confidence).toBeLessThanOrEqual(1);
    const confidences = findings.map(({ confidence }) => confidence);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
  });

  it("says of every mending setting that it is one", () => {
    for (const { mends, name } of CAUSES) {
      const settings = {};
      for (const [path, value] of mends) setByPath(settings, path, value);
      expect(() => parseConfig(settings, name)).not.toThrow();
    }
  });

  it("lets a cause bring only causes that are in the table, and never one that brings it", () => {
    for (const { name, brings } of CAUSES) {
      for (const effect of brings) {
        const brought = CAUSES.find((cause) => cause.name === effect);
        expect(brought?.brings, `${name} brings ${effect}`).not.toContain(name);
      }
    }
  });
});

describe("ranking", () => {
  it("puts an effect below its cause, and says what it follows from", () => {
    const findings = rank(
      steadyFigures({ "doctor/value_over_bound": 1e6, "train/saturation": 0.99, "train/action_abs_mean": 1 }),
      CONFIG,
    );
    expect(findings.map(({ cause }) => cause)).toEqual(["divergence", "saturated-actor"]);
    expect(findings[1]).toMatchObject({ followsFrom: "divergence" });
    expect(findings[1]?.confidence).toBeCloseTo(0.8 * 0.4, 9);
  });

  it("offers only settings that the run has not got", () => {
    const figures = steadyFigures({ "train/saturation": 0.9 });
    expect(rank(figures, CONFIG)[0]?.set).toEqual([]);
    const plain = parseConfig({ agent: { preActivationPenalty: 0 } }, "test");
    expect(rank(figures, plain)[0]?.set).toEqual(["agent.preActivationPenalty=1"]);
  });

  it("gives value, threshold, side and source of each figure that speaks", () => {
    const [finding] = rank(steadyFigures({ "probe/input_rms": 80 }), CONFIG);
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
