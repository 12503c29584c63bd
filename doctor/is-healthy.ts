/** @file Decides whether a run has a policy that achieves the goal reliably. */

import { AVERAGED_EVALUATIONS, type RunMetric } from "./run-metrics.ts";

/** Success rate of a healthy run: at least this at each of the newest evaluations, or not shown to be lower on average. */
const HEALTHY_RATE = 0.9;
const HEALTHY_EVALUATIONS = 2;

/** Standard errors below the rate that sampling reaches in one of 20 runs. */
const ONE_SIDED_95 = 1.645;

/**
 * Returns whether the policy achieves the goal reliably in the newest evaluations.
 *
 * @param success  success rate, averaged over the newest evaluations; undefined without any
 * @param episodes of one evaluation: a policy that succeeds in 90 % of all episodes is often seen to succeed in fewer
 */
export function isHealthy(success: RunMetric | undefined, episodes: number): boolean {
  if (success === undefined || success.trend.length === 0) return false;
  const { trend, value } = success;
  if (Math.min(...trend.slice(-HEALTHY_EVALUATIONS)) >= HEALTHY_RATE) return true;
  const standardError = Math.sqrt((HEALTHY_RATE * (1 - HEALTHY_RATE)) / (AVERAGED_EVALUATIONS * episodes));
  const margin = trend.length < AVERAGED_EVALUATIONS ? 0 : ONE_SIDED_95 * standardError;
  return value >= HEALTHY_RATE - margin;
}
