/** @file metrics.jsonl: one JSON object per line, `{"step":1000,"rollout/success_rate":0.5}`. */

import { join } from "node:path";
import { AppendFile } from "./append-file.ts";
import type { MetricSink, SinkLocation } from "./metrics.ts";

/** Name of the file in a run folder. */
export const JSONL_FILE = "metrics.jsonl";

/**
 * Opens metrics.jsonl. NaN and ±Infinity become null, since JSON has no such numbers.
 *
 * @throws InputError if the file cannot be opened or is shorter than at the checkpoint
 */
export function openJsonlSink({ folder, resumeAt }: SinkLocation): MetricSink {
  const file = new AppendFile(join(folder, JSONL_FILE), resumeAt);
  const encoder = new TextEncoder();
  return {
    name: "jsonl",
    write: ({ step, values }) => file.append(encoder.encode(`${JSON.stringify({ step, ...values })}\n`)),
    flush: () => file.flush(),
    close: () => file.close(),
  };
}
