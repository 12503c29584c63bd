/**
 * @file How numbers decide a claim: rules that are stated beside each verdict and know no result beforehand.
 */

import { fixed, signed, significant } from "../report/number-text.ts";
import type { Verdict, VerdictBox } from "../report/page.ts";
import { type ArmRuns, type Comparison, type FigureKind, OSCILLATION, SUCCESS } from "./arm-runs.ts";
import type { Remedy } from "./remedies.ts";

/** Seeds below which nothing on the arm is concluded. */
export const FEWEST_SEEDS = 3;

/**
 * Whether a difference bears a claim out that one has more, or less, than the other.
 *
 * Confirmed where the whole interval lies on the claimed side of 0; refuted where no part of it reaches the
 * margin on that side; half-true where both hold, a difference that is real and slight; else undecided.
 */
export function judgeDifference(
  { difference, seeds }: Pick<Comparison, "difference" | "seeds">,
  side: "more" | "less",
  margin: number,
): Verdict {
  if (seeds < FEWEST_SEEDS || Number.isNaN(difference.mean)) return "undecided";
  const [near, far] =
    side === "more" ? [difference.low, difference.high] : [-difference.high, -difference.low];
  if (near > 0) return far < margin ? "half-true" : "confirmed";
  return far < margin ? "refuted" : "undecided";
}

/** Where one number decides: confirmed from one bound on, refuted from the other on, half-true between them. */
export function judgeNumber(value: number, confirmed: number, refuted: number): Verdict {
  if (Number.isNaN(value)) return "undecided";
  if (confirmed > refuted ? value >= confirmed : value <= confirmed) return "confirmed";
  if (confirmed > refuted ? value <= refuted : value >= refuted) return "refuted";
  return "half-true";
}

/**
 * The verdict of several on one claim: that of all where they agree, half-true where the claim holds for
 * some of them, else undecided.
 */
export function together(verdicts: readonly Verdict[]): Verdict {
  const [first] = verdicts;
  if (first === undefined || verdicts.every((each) => each === first)) return first ?? "undecided";
  const holds = verdicts.some((each) => each === "confirmed" || each === "half-true");
  return holds ? "half-true" : "undecided";
}

/** One number against two bounds, with its rule in words. */
export function numberBox(
  claim: string,
  what: string,
  value: number,
  bounds: { readonly confirmed: number; readonly refuted: number },
  because: string,
): VerdictBox {
  const { confirmed, refuted } = bounds;
  const [from, to] = confirmed > refuted ? ["at least", "at most"] : ["at most", "at least"];
  return {
    claim,
    verdict: judgeNumber(value, confirmed, refuted),
    because,
    rule: `confirmed if ${what} is ${from} ${confirmed}, refuted if it is ${to} ${refuted}, half-true between; it is ${significant(value)}`,
  };
}

/** A claim about the arm that each of some remedies has to bear out. */
export interface ArmClaim {
  readonly claim: string;
  readonly remedies: readonly Remedy[];
  readonly base: Remedy;
  readonly figure: FigureKind;
  readonly side: "more" | "less";
  /** Where a remedy that only keeps the actor from learning must not pass for a cure. */
  readonly mustNotCost?: FigureKind;
}

/** `confirmed if…` for claims about the arm. */
function armRule({ figure, side, remedies, mustNotCost }: ArmClaim): string {
  const margin = fixed(figure.margin, figure.decimals);
  const cost = mustNotCost === undefined ? "" : `, or if ${mustNotCost.name} is wholly worse`;
  const many = remedies.length > 1 ? " or it holds for some of them only" : "";
  return `confirmed if the 95 % interval of the difference, seed by seed, is wholly ${side}; refuted if no part of it is ${margin} ${side}${cost}; half-true if both${many}; undecided below ${FEWEST_SEEDS} seeds`;
}

/** The box of a claim about the arm. */
export function armBox(arm: ArmRuns, claim: ArmClaim): VerdictBox {
  const { remedies, base, figure, side, mustNotCost } = claim;
  const parts = remedies.map((remedy) => {
    const compared = arm.compare(remedy, base, figure);
    const verdict = judgeDifference(compared, side, figure.margin);
    const cost = mustNotCost === undefined ? undefined : arm.compare(remedy, base, mustNotCost);
    const costs =
      cost !== undefined &&
      mustNotCost !== undefined &&
      judgeDifference(cost, mustNotCost.better === "more" ? "less" : "more", 0) === "confirmed";
    return {
      verdict: costs ? ("refuted" as const) : verdict,
      text: `${remedy.name} ${differenceText(compared, figure)} (${compared.seeds} ${compared.seeds === 1 ? "seed" : "seeds"})${costs ? `, at a cost in ${mustNotCost.name} of ${differenceText(cost, mustNotCost)}` : ""}`,
    };
  });
  return {
    claim: claim.claim,
    verdict: together(parts.map(({ verdict }) => verdict)),
    because: `${figure.name} against ${base.name}: ${parts.map(({ text }) => text).join("; ")}.`,
    rule: armRule(claim),
  };
}

/** That a remedy steadies the plain actor: it swings less, and not because it has stopped learning. */
export function steadies(arm: ArmRuns, claim: string, remedies: readonly Remedy[], base: Remedy): VerdictBox {
  return armBox(arm, { claim, remedies, base, figure: OSCILLATION, side: "less", mustNotCost: SUCCESS });
}

/** `+0.12 [+0.03, +0.20]`, or that there is no run to tell. */
export function differenceText(
  { difference, seeds }: Pick<Comparison, "difference" | "seeds">,
  { decimals }: FigureKind,
): string {
  const { mean, low, high } = difference;
  if (Number.isNaN(mean)) return "no run";
  // One difference has no interval: the bootstrap would give it one of no width.
  if (seeds < 2) return signed(mean, decimals);
  return `${signed(mean, decimals)} [${signed(low, decimals)}, ${signed(high, decimals)}]`;
}
