/** @file Reading metrics.jsonl, also while a run is writing it. */

import { z } from "zod";
import { refuse, unquoted } from "../shared/errors.ts";
import type { MetricRow } from "./metrics.ts";
import { readRegularFile } from "./regular-file.ts";
import { parseJson } from "./strict-json.ts";

const Row = z.object({ step: z.int().nonnegative() }).catchall(z.number().nullable());

const LINE_BREAK = 0x0a;

/**
 * Reads all complete lines. A last line without a line break is being written or was torn by a kill,
 * and is skipped. A null metric becomes NaN.
 *
 * @returns rows in the file's order
 * @throws InputError naming file and line if a line is damaged, or if the file cannot be read
 */
export function readMetricRows(path: string): MetricRow[] {
  const bytes = readRegularFile(path);
  const rows: MetricRow[] = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(LINE_BREAK, start);
    if (end < 0) return rows;
    const where = `${path}:${rows.length + 1}`;
    const parsed = Row.safeParse(parseJson(bytes.subarray(start, end), where));
    if (!parsed.success) throw refuse(where, "a step and numbers by name", unquoted("other data"));
    const { step, ...metrics } = parsed.data;
    const values = Object.entries(metrics).map(([name, value]) => [name, value ?? Number.NaN] as const);
    rows.push({ step, values: Object.fromEntries(values) });
    start = end + 1;
  }
}
