/** @file Rules that turn numbers into verdicts. They are fixed in advance and printed beside each verdict. */

import { signed, significant } from "../report/number-text.ts";
import type { Verdict, VerdictBox } from "../report/page.ts";
import { type ArmRuns, OSCILLATION, type RemedyComparison, type RunMetric, SUCCESS } from "./arm-runs.ts";
import type { Remedy } from "./remedies.ts";

/** With fewer seeds, claims about the arm are undecided. */
export const MIN_SEEDS = 5;

/** Probability that any verdict on a page rests on an interval that misses the true difference. */
const PAGE_ERROR = 0.05;

/**
 * Verdict on the claim that a difference is positive (`more`) or negative (`less`).
 *
 * Confirmed if the complete interval lies on the claimed side of 0. Refuted if no part of it reaches the margin on that
 * side. Half-true if both hold: the difference is real but smaller than the margin. Undecided otherwise.
 */
export function differenceVerdict(
  { difference, seeds }: Pick<RemedyComparison, "difference" | "seeds">,
  side: "more" | "less",
  margin: number,
): Verdict {
  if (seeds < MIN_SEEDS || Number.isNaN(difference.mean)) return "undecided";
  const [near, far] =
    side === "more" ? [difference.low, difference.high] : [-difference.high, -difference.low];
  if (near > 0) return far < margin ? "half-true" : "confirmed";
  return far < margin ? "refuted" : "undecided";
}

/** Verdict on one number: confirmed beyond one bound, refuted beyond the other, half-true between them. */
export function numberVerdict(value: number, confirmed: number, refuted: number): Verdict {
  if (Number.isNaN(value)) return "undecided";
  if (confirmed > refuted ? value >= confirmed : value <= confirmed) return "confirmed";
  if (confirmed > refuted ? value <= refuted : value >= refuted) return "refuted";
  return "half-true";
}

/**
 * Combines several verdicts on one claim: the common verdict if all agree, half-true if the claim holds for some,
 * else undecided.
 */
export function combinedVerdict(verdicts: readonly Verdict[]): Verdict {
  const [first] = verdicts;
  if (first === undefined || verdicts.every((each) => each === first)) return first ?? "undecided";
  const holds = verdicts.some((each) => each === "confirmed" || each === "half-true");
  return holds ? "half-true" : "undecided";
}

/**
 * The verdict of `numberVerdict` with its rule in words.
 *
 * @param quantity what `value` measures, as a noun phrase
 */
export function numberBox(
  claim: string,
  quantity: string,
  value: number,
  bounds: { readonly confirmed: number; readonly refuted: number },
  because: string,
): VerdictBox {
  const { confirmed, refuted } = bounds;
  const [from, to] = confirmed > refuted ? ["at least", "at most"] : ["at most", "at least"];
  return {
    claim,
    verdict: numberVerdict(value, confirmed, refuted),
    because,
    rule: `confirmed if ${quantity} is ${from} ${confirmed}, refuted if it is ${to} ${refuted}, half-true in between; measured: ${significant(value)}`,
  };
}

/** A claim about the arm that each of the given remedies must support. */
export interface ArmClaim {
  readonly claim: string;
  readonly remedies: readonly Remedy[];
  readonly base: Remedy;
  readonly metric: RunMetric;
  readonly side: "more" | "less";
  /** If the remedy makes this metric worse, the claim is refuted: preventing learning is not a remedy. */
  readonly mustNotCost?: RunMetric;
}

/**
 * Decides the claims of a page. Each interval is so wide that all of them contain their true differences with 95 %
 * probability (Bonferroni), since among twenty intervals of 95 % one is expected to miss.
 *
 * @param page all claims about the arm of one page
 * @returns the verdict on a claim of the page
 */
export function armVerdicts(arm: ArmRuns, page: readonly ArmClaim[]): (claim: ArmClaim) => VerdictBox {
  const comparisons = page.reduce(
    (count, { remedies, mustNotCost }) => count + remedies.length * (mustNotCost === undefined ? 1 : 2),
    0,
  );
  return (claim) => armBox(arm, claim, comparisons);
}

function armRule({ metric, side, remedies, mustNotCost }: ArmClaim, comparisons: number): string {
  const [direction, opposite] = side === "more" ? ["above", "below"] : ["below", "above"];
  const margin = signed(side === "more" ? metric.margin : -metric.margin, metric.decimals);
  const cost =
    mustNotCost === undefined ? "" : `, or if the interval of ${mustNotCost.name} is entirely worse`;
  const some = remedies.length > 1 ? ", or if the claim holds for only some of the remedies" : "";
  const interval =
    comparisons === 1
      ? "95 % interval of the paired difference"
      : `interval of the paired difference (95 % for the ${comparisons} comparisons of this page together)`;
  return `confirmed if the ${interval} is entirely ${direction} 0; refuted if it is entirely ${opposite} ${margin}${cost}; half-true if both hold${some}; otherwise, and with fewer than ${MIN_SEEDS} seeds, undecided`;
}

function armBox(arm: ArmRuns, claim: ArmClaim, comparisons: number): VerdictBox {
  const { remedies, base, metric, side, mustNotCost } = claim;
  const confidence = 1 - PAGE_ERROR / comparisons;
  const parts = remedies.map((remedy) => {
    const comparison = arm.compare(remedy, base, metric, confidence);
    const verdict = differenceVerdict(comparison, side, metric.margin);
    const cost = mustNotCost === undefined ? undefined : arm.compare(remedy, base, mustNotCost, confidence);
    const costs =
      cost !== undefined &&
      mustNotCost !== undefined &&
      differenceVerdict(cost, mustNotCost.better === "more" ? "less" : "more", 0) === "confirmed";
    const costText = costs ? `, but ${differenceText(cost, mustNotCost)} in ${mustNotCost.name}` : "";
    return {
      verdict: costs ? ("refuted" as const) : verdict,
      text: `${differenceText(comparison, metric)} for ${remedy.name} (${comparison.seeds} ${comparison.seeds === 1 ? "seed" : "seeds"})${costText}`,
    };
  });
  return {
    claim: claim.claim,
    verdict: combinedVerdict(parts.map(({ verdict }) => verdict)),
    because: `Difference in ${metric.name} from ${base.name}: ${parts.map(({ text }) => text).join("; ")}.`,
    rule: armRule(claim, comparisons),
  };
}

/** The claim that remedies reduce the base's oscillation without reducing its success. */
export function steadies(claim: string, remedies: readonly Remedy[], base: Remedy): ArmClaim {
  return { claim, remedies, base, metric: OSCILLATION, side: "less", mustNotCost: SUCCESS };
}

/** `+0.12 [+0.03, +0.20]`, or "no run". */
export function differenceText(
  { difference, seeds }: Pick<RemedyComparison, "difference" | "seeds">,
  { decimals }: RunMetric,
): string {
  const { mean, low, high } = difference;
  if (Number.isNaN(mean)) return "no run";
  // The interval of a single difference has no bounds.
  if (seeds < 2) return signed(mean, decimals);
  return `${signed(mean, decimals)} [${signed(low, decimals)}, ${signed(high, decimals)}]`;
}
