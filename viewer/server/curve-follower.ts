/** @file The training figures of a run, read again whenever its file has grown. */

import type { CurvesMessage } from "../../shared/protocol.ts";
import { readMetricRows } from "../../storage/jsonl-reader.ts";
import type { MetricRow } from "../../storage/metrics.ts";
import { statPath } from "../../storage/stat-path.ts";

/** Rows sent of one run: more points than a plot has pixels say nothing. */
const MOST_ROWS = 1000;

export class CurveFollower {
  readonly #source: string;
  readonly #path: string;
  #rows: MetricRow[] = [];
  #stamp = "";

  /** @param path metrics.jsonl; it may not be there yet */
  constructor(source: string, path: string) {
    this.#source = source;
    this.#path = path;
  }

  /**
   * Reads the file again if it has changed.
   *
   * @returns the rows that are new, or all where the old ones are no longer true; undefined if there is nothing new
   * @throws InputError if a line is damaged
   */
  poll(): CurvesMessage | undefined {
    const stat = statPath(this.#path);
    const stamp = stat === undefined ? "" : `${stat.size} ${stat.mtimeMs}`;
    if (stamp === this.#stamp) return undefined;
    this.#stamp = stamp;
    const known = this.#rows;
    this.#rows = stat === undefined ? [] : readMetricRows(this.#path);
    const grew = known.every(({ step }, i) => this.#rows[i]?.step === step);
    const from = grew ? known.length : 0;
    if (this.#rows.length > MOST_ROWS) return this.everything();
    return grew && this.#rows.length === from ? undefined : this.#message(from, this.#rows.slice(from));
  }

  /** All rows read so far, or evenly some of them where they are very many. */
  everything(): CurvesMessage {
    const stride = Math.ceil(this.#rows.length / MOST_ROWS);
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
