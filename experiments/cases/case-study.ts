/** @file What a case is: a miniature to measure, remedies to train, and a report that both of them decide. */

import type { Engine } from "../../agent/engine/engine.ts";
import type { Block, Section, VerdictBox } from "../report/page.ts";
import type { ArmRuns } from "./arm-runs.ts";
import type { Remedy } from "./remedies.ts";

export interface CaseStudy {
  readonly name: string;
  /** The page's headline. */
  readonly title: string;
  /** What is asked, a sentence or two. */
  readonly question: string;
  /** Everything that is trained on the arm, each once. */
  readonly remedies: readonly Remedy[];
  /** Measures the miniature; a few seconds. */
  measure(engine: Engine): Promise<MeasuredCase>;
}

/** A case whose miniature is measured. */
export interface MeasuredCase {
  /** The miniature's numbers, plain data. */
  readonly numbers: object;
  /** Claims and verdicts on the miniature alone, then on the arm, with what shows them. */
  report(arm: ArmRuns): CaseReport;
}

export interface CaseReport {
  readonly verdicts: readonly VerdictBox[];
  readonly sections: readonly Section[];
}

/** A verdict among a section's blocks. */
export const verdictBlock = (verdict: VerdictBox): Block => ({ kind: "verdict", verdict });
