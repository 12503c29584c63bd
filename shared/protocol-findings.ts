/** @file The doctor's findings about a run, as the viewer's server sends them to the page. */

import { z } from "./zod-without-eval.ts";

const Text = z.string().max(2000);

const Evidence = z.object({
  metric: Text,
  value: z.number(),
  threshold: z.number(),
  side: z.enum(["over", "under"]),
});

const Finding = z.object({
  cause: Text,
  /** The cause in a few words. */
  title: Text,
  /** In [0, 1]. */
  confidence: z.number(),
  explanation: Text,
  remedy: Text,
  /** Arguments of `--set`; empty if no setting fixes the cause. */
  set: z.array(Text).max(20),
  evidence: z.array(Evidence).max(20),
});

/** The fields of `steadyarm doctor --json` that the page shows. Findings are sorted by confidence. */
export const RunFindings = z.object({
  /** The cause of the first finding, `healthy`, `unexplained`, or `failed` if the doctor could not examine the run. */
  verdict: Text,
  findings: z.array(Finding).max(50),
});
export type RunFindings = z.infer<typeof RunFindings>;
