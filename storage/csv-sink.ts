/** @file progress.csv: metrics for spreadsheets and pandas, one line per row, quoted after RFC 4180. */

import { join } from "node:path";
import { InputError, internal } from "../shared/errors.ts";
import { AppendFile } from "./append-file.ts";
import type { MetricRow, MetricSink, SinkLocation } from "./metrics.ts";
import { readRegularFile } from "./regular-file.ts";

/** Name of the file in a run folder. */
export const CSV_FILE = "progress.csv";

/**
 * Opens progress.csv with the columns `step` and the given names.
 * A missing metric is an empty cell; NaN and ±Infinity are `nan`, `inf` and `-inf`, as in Python.
 *
 * @param names every metric that a row may have
 * @returns a sink whose `write` throws an internal error for any other name
 * @throws InputError if the file cannot be opened, is shorter than at the checkpoint, or has other columns
 */
export function openCsvSink({ folder, resumeAt }: SinkLocation, names: readonly string[]): MetricSink {
  const path = join(folder, CSV_FILE);
  const encoder = new TextEncoder();
  const header = encoder.encode(`${["step", ...names].map(quote).join(",")}\n`);
  const columns = new Set(names);
  if (resumeAt && !Buffer.from(header).equals(readRegularFile(path).subarray(0, header.length))) {
    throw new InputError(
      `${path}: it has other columns; resume with the steadyarm version that started this run`,
    );
  }
  const file = new AppendFile(path, resumeAt);
  if (file.length === 0) file.append(header);
  return {
    name: "csv",
    write: ({ step, values }: MetricRow) => {
      const unknown = Object.keys(values).find((name) => !columns.has(name));
      if (unknown !== undefined) throw internal(`progress.csv has no column ${unknown}`);
      const cells = names.map((name) => formatCell(values[name]));
      file.append(encoder.encode(`${[step, ...cells].join(",")}\n`));
    },
    flush: () => file.flush(),
    close: () => file.close(),
  };
}

function formatCell(value: number | undefined): string {
  if (value === undefined) return "";
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return String(value);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
