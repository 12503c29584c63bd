/** @file Matches a run's metrics with the table of causes and ranks the findings. */

import type { RunConfig } from "../shared/config.ts";
import { isRecord } from "../shared/is-record.ts";
import type { Cause, Origin, Pattern, Symptom } from "./cause.ts";
import { CAUSES } from "./causes.ts";
import type { Evidence, Finding } from "./diagnosis.ts";
import type { RunMetrics } from "./run-metrics.ts";
import { unusualSettings } from "./unusual-settings.ts";
import { DIFFERS } from "./update-symptoms.ts";

/** Factor on the confidence of a finding that another finding leads to. */
const EFFECT_FACTOR = 0.4;

/** A success rate differs from that of the same episodes by rounding at most. */
const REPEATED_RATE = 0.01;

/** Cosine below which two ways of the weights from the same start are not the same. */
const AGREEMENT = 0.9;

/** Returns a finding for each cause with a matching pattern, highest confidence first. */
export function rank(metrics: RunMetrics, config: RunConfig): Finding[] {
  const byConfidence = (a: Finding, b: Finding) => b.confidence - a.confidence;
  const origin = provenOrigin(metrics);
  const unusual = origin === "settings" ? unusualSettings(config).map(({ path }) => path) : [];
  const matched = CAUSES.flatMap((cause) => {
    const pattern = matchingPattern(cause, metrics);
    if (pattern === undefined) return [];
    const origins = pattern.origins ?? cause.origins ?? LEARNER;
    const canBe =
      (origin === undefined || origins.includes(origin)) &&
      isShown(cause, metrics) &&
      (unusual.length === 0 || namesOneOf(unusual, cause)) &&
      (metrics.get(DIFFERS.metric)?.value !== 0 || isInUpdate(pattern) || origins.includes("environment"));
    // Everything else is as it should be, and this is the setting that is not.
    const isSetting = unusual.length === 1 && namesOneOf(unusual, cause);
    const proven = isSetting || (pattern.proves ?? false);
    return [{ finding: makeFinding({ cause, pattern, proven }, metrics, config), canBe }];
  });
  // A cause that names the setting says more than that it is unusual.
  const isNamed =
    unusual.length > 0 &&
    matched.some(
      ({ finding, canBe }) => canBe && finding.cause !== "unusual-settings" && finding.confidence > 0.5,
    );
  const findings = matched
    .map(({ finding, canBe }) =>
      canBe && !(isNamed && finding.cause === "unusual-settings") ? finding : lowered(finding),
    )
    .sort(byConfidence);
  return findings
    .map((finding) => {
      const root = findings.find(
        (other) => other.confidence >= finding.confidence && effectsOf(other.cause).includes(finding.cause),
      );
      if (root === undefined) return finding;
      return { ...lowered(finding), followsFrom: root.cause };
    })
    .sort(byConfidence);
}

/** Something else explains its evidence. */
const lowered = (finding: Finding): Finding => ({
  ...finding,
  confidence: finding.confidence * EFFECT_FACTOR,
  proven: false,
});

/** Whether a part of the repeated episodes differs in which the cause would show; true if no episode differs. */
function isShown({ differsIn }: Cause, metrics: RunMetrics): boolean {
  const figure = (name: string) => metrics.get(`exam/other_${name}`)?.value ?? 0;
  return differsIn === undefined || figure("episodes") === 0 || differsIn.some((part) => figure(part) > 0);
}

/** Whether a cause is in one of these settings: where nothing else can be wrong, others are what follows from them. */
function namesOneOf(paths: readonly string[], { name, fixes }: Cause): boolean {
  return name === "unusual-settings" || fixes.some(([path]) => paths.includes(path));
}

/**
 * Whether a pattern has what differs in the update after the checkpoint: where one does, all else can follow from it, but
 * for causes in the environment, whose reward, say, also makes updates differ.
 */
const isInUpdate = ({ all }: Pattern) => all.some(({ metric }) => metric === DIFFERS.metric);

/** Where most causes can lie. */
const LEARNER: readonly Origin[] = ["updates", "settings"];

/** The part of a run that is proven not to be as its settings say, or the settings if all parts are; undefined if unknown. */
function provenOrigin(metrics: RunMetrics): Origin | undefined {
  const figure = (name: string) => metrics.get(`exam/${name}`)?.value;
  const [episodes, evaluation] = [figure("other_episodes"), figure("other_evaluation")];
  if (episodes !== undefined && episodes > 0) return "environment";
  if ((evaluation ?? 0) > REPEATED_RATE || figure("other_rewards") === 1) return "environment";
  const [weights, actor, critic] = [figure("other_weights"), figure("actor_agrees"), figure("critic_agrees")];
  if (weights === 1 || (actor ?? 1) < AGREEMENT || (critic ?? 1) < AGREEMENT) return "updates";
  if (figure("update_agrees") === 0) return "updates";
  return episodes === 0 && actor !== undefined ? "settings" : undefined;
}

const effectsOf = (name: string) => CAUSES.find((cause) => cause.name === name)?.effects ?? [];

/** Returns the present pattern with the highest confidence. */
function matchingPattern({ patterns }: Cause, metrics: RunMetrics): Pattern | undefined {
  return patterns
    .filter(
      ({ all, unless }) =>
        all.every((symptom) => isPresent(symptom, metrics)) &&
        !(unless !== undefined && isPresent(unless, metrics)),
    )
    .sort((a, b) => b.confidence - a.confidence)[0];
}

function isPresent({ metric, side, threshold }: Symptom, metrics: RunMetrics): boolean {
  const value = metrics.get(metric)?.value;
  if (value === undefined) return false;
  return side === "over" ? value > threshold : value < threshold;
}

function makeFinding(
  { cause, pattern, proven }: { readonly cause: Cause; readonly pattern: Pattern; readonly proven: boolean },
  metrics: RunMetrics,
  config: RunConfig,
): Finding {
  const supports = cause.supports.filter((symptom) => isPresent(symptom, metrics));
  const confidence = supports.reduce((sum, { adds }) => sum + adds, pattern.confidence);
  const fixes =
    cause.name === "unusual-settings"
      ? unusualSettings(config).map(({ path, usual }) => `${path}=${usual}`)
      : cause.fixes
          .filter(([path, value]) => settingAt(config, path) !== value)
          .map(([path, value]) => `${path}=${value}`);
  return {
    cause: cause.name,
    title: cause.title,
    confidence: Math.min(confidence, 1),
    proven,
    evidence: [...pattern.all, ...supports].map((symptom) => evidence(symptom, metrics)),
    explanation: cause.explanation,
    followsFrom: null,
    set: fixes,
    remedy: cause.remedy,
  };
}

function evidence({ metric, side, threshold, source }: Symptom, metrics: RunMetrics): Evidence {
  const { value, trend } = metrics.get(metric) ?? { value: Number.NaN, trend: [] };
  return { metric, value, threshold, side, trend, source };
}

/** Returns the value of a setting by its path. */
function settingAt(config: RunConfig, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), config);
}
