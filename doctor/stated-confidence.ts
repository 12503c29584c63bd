/** @file The confidence with which findings are stated, from the one that they are ranked by. */

import type { Finding } from "./diagnosis.ts";

/**
 * Largest confidence of an inferred finding: about the share of them that was right on kinds of faults that nobody here
 * had seen (docs/doctor.md).
 */
const INFERRED = 0.6;

/** Returns ranked findings with no inferred one above 0.6, and none above the one before it. */
export function withStatedConfidence(ranked: readonly Finding[]): Finding[] {
  let least = 1;
  return ranked.map((finding) => {
    least = Math.min(least, finding.confidence, finding.proven ? 1 : INFERRED);
    return { ...finding, confidence: least };
  });
}
