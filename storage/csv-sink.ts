/** @file progress.csv: one line a row, for spreadsheets and pandas; quoted as RFC 4180 says. */

import { join } from "node:path";
import { InputError, internal } from "../shared/errors.ts";
import { AppendFile } from "./append-file.ts";
import type { MetricRow, MetricSink, SinkPlace } from "./metrics.ts";
import { readWholeFile } from "./whole-file.ts";

/** The file's name in a run's folder. */
export const CSV_FILE = "progress.csv";

/**
 * Opens progress.csv, with the columns `step` and then the names given, so that the header holds to the end.
 * A figure that is not known is an empty cell; NaN and ±Infinity are `nan`, `inf` and `-inf`, as in Python.
 *
 * @param names every metric that a row may have
 * @returns a sink whose `write` throws an internal error on a name that is not among them
 * @throws InputError if the file cannot be opened, was cut short since its checkpoint, or has other columns
 */
export function openCsvSink({ folder, resumeAt }: SinkPlace, names: readonly string[]): MetricSink {
  const path = join(folder, CSV_FILE);
  const encoder = new TextEncoder();
  const header = encoder.encode(`${["step", ...names].map(quote).join(",")}\n`);
  const columns = new Set(names);
  if (resumeAt && !Buffer.from(header).equals(readWholeFile(path).subarray(0, header.length))) {
    throw new InputError(`${path}: it has other columns; resume with the steadyarm that began this run`);
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
