/** @file Reads metrics.jsonl back, of a finished run or of one that is still writing. */

import { z } from "zod";
import { refuse, unquoted } from "../shared/errors.ts";
import type { MetricRow } from "./metrics.ts";
import { parseJson } from "./strict-json.ts";
import { readWholeFile } from "./whole-file.ts";

const Row = z.object({ step: z.int().nonnegative() }).catchall(z.number().nullable());

const LINE_BREAK = 0x0a;

/**
 * Reads all whole lines; a last one without its line break is still being written, or was torn by
 * a kill, and is passed over. A null figure becomes NaN.
 *
 * @returns rows in the file's order, the caller's own
 * @throws InputError naming file and line if a line is damaged, or if the file cannot be read
 */
export function readMetricRows(path: string): MetricRow[] {
  const bytes = readWholeFile(path);
  const rows: MetricRow[] = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(LINE_BREAK, start);
    if (end < 0) return rows;
    const where = `${path}:${rows.length + 1}`;
    const parsed = Row.safeParse(parseJson(bytes.subarray(start, end), where));
    if (!parsed.success) throw refuse(where, "a step and numbers by name", unquoted("something else"));
    const { step, ...values } = parsed.data;
    const figures = Object.entries(values).map(([name, value]) => [name, value ?? Number.NaN] as const);
    rows.push({ step, values: Object.fromEntries(figures) });
    start = end + 1;
  }
}
