/** @file metrics.jsonl: one JSON object a line, `{"step":1000,"rollout/success_rate":0.5}`. */

import { join } from "node:path";
import { AppendFile } from "./append-file.ts";
import type { MetricSink, SinkPlace } from "./metrics.ts";

/** The file's name in a run's folder. */
export const JSONL_FILE = "metrics.jsonl";

/**
 * Opens metrics.jsonl. A figure that is NaN or infinite becomes null, for JSON has no word for it;
 * one that is not known is left out.
 *
 * @throws InputError if the file cannot be opened, or was cut short since its checkpoint
 */
export function openJsonlSink({ folder, resumeAt }: SinkPlace): MetricSink {
  const file = new AppendFile(join(folder, JSONL_FILE), resumeAt);
  const encoder = new TextEncoder();
  return {
    name: "jsonl",
    write: ({ step, values }) => file.append(encoder.encode(`${JSON.stringify({ step, ...values })}\n`)),
    flush: () => file.flush(),
    close: () => file.close(),
  };
}
