/** @file Reads the training curves of a run, again after each change of its file. */

import type { CurvesMessage } from "../../shared/protocol.ts";
import { readMetricRows } from "../../storage/jsonl-reader.ts";
import type { MetricRow } from "../../storage/metrics.ts";
import { statPath } from "../../storage/stat-path.ts";

/** Maximum number of rows sent for one run: a plot has fewer pixels. */
const MAX_ROWS = 1000;

export class CurveFollower {
  readonly #source: string;
  readonly #path: string;
  #rows: MetricRow[] = [];
  /** Size and time of the file when it was read. */
  #stamp = "";

  /** @param path metrics.jsonl; it may not exist yet */
  constructor(source: string, path: string) {
    this.#source = source;
    this.#path = path;
  }

  /**
   * Reads the file again if it has changed.
   *
   * @returns the new rows, or all rows if earlier ones have changed; undefined if there are no new rows
   * @throws InputError if a line is invalid
   */
  poll(): CurvesMessage | undefined {
    const stat = statPath(this.#path);
    const stamp = stat === undefined ? "" : `${stat.size} ${stat.mtimeMs}`;
    if (stamp === this.#stamp) return undefined;
    this.#stamp = stamp;
    const before = this.#rows;
    this.#rows = stat === undefined ? [] : readMetricRows(this.#path);
    const isContinued = before.every(({ step }, i) => this.#rows[i]?.step === step);
    const from = isContinued ? before.length : 0;
    if (this.#rows.length > MAX_ROWS) return this.allRows();
    if (isContinued && this.#rows.length === from) return undefined;
    return this.#message(from, this.#rows.slice(from));
  }

  /** All rows read so far, thinned out evenly to MAX_ROWS. */
  allRows(): CurvesMessage {
    const stride = Math.ceil(this.#rows.length / MAX_ROWS);
    const last = this.#rows.length - 1;
    return this.#message(
      0,
      this.#rows.filter((_, i) => (last - i) % stride === 0),
    );
  }

  #message(from: number, rows: readonly MetricRow[]): CurvesMessage {
    const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
    const series = names.map((name): [string, (number | null)[]] => [
      name,
      rows.map(({ values }) => {
        const value = values[name];
        return value !== undefined && Number.isFinite(value) ? value : null;
      }),
    ]);
    const steps = rows.map(({ step }) => step);
    return { op: "curves", source: this.#source, from, steps, series: Object.fromEntries(series) };
  }
}
