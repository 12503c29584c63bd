/** @file What the doctor found out about a run, as the viewer's server tells it to the page. */

import { z } from "zod";

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
  /** As `--set` takes them; empty where no setting mends it. */
  set: z.array(Text).max(20),
  evidence: z.array(Evidence).max(20),
});

/** Of one run, likeliest cause first: what `steadyarm doctor --json` prints, and more, of which this is kept. */
export const RunFindings = z.object({
  /** The first finding's cause, `healthy` or `unexplained`. */
  verdict: Text,
  findings: z.array(Finding).max(50),
});
export type RunFindings = z.infer<typeof RunFindings>;
