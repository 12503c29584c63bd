/** @file Interface of a case: a miniature to measure, remedies to train on the arm, and a report on both. */

import type { Engine } from "../../agent/engine/engine.ts";
import type { Block, Section, VerdictBox } from "../report/page.ts";
import type { ArmRuns } from "./arm-runs.ts";
import type { Remedy } from "./remedies.ts";

export interface CaseStudy {
  readonly name: string;
  /** Heading of the page. */
  readonly title: string;
  /** The claims under test, in a few sentences. */
  readonly question: string;
  /** All remedies trained on the arm, without repetition; the first is the base of the differences in case.json. */
  readonly remedies: readonly Remedy[];
  /** Measures the miniature, which takes a few seconds. */
  measure(engine: Engine): Promise<MeasuredCase>;
}

/** A case after measuring its miniature. */
export interface MeasuredCase {
  /** The miniature's results as plain data. */
  readonly numbers: object;
  /** Verdicts and sections, first on the miniature, then on the arm. */
  report(arm: ArmRuns): CaseReport;
}

export interface CaseReport {
  readonly verdicts: readonly VerdictBox[];
  readonly sections: readonly Section[];
}

/** A verdict as a block of a section. */
export const verdictBlock = (verdict: VerdictBox): Block => ({ kind: "verdict", verdict });
