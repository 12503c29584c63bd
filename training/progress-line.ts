/**
 * @file Prints a run's progress: one line redrawn in place on a terminal, otherwise one line per evaluation.
 *
 * Output errors end the display, never the training.
 */

import { printable } from "../shared/errors.ts";
import { SOLVED } from "./early-stop.ts";

/** The part of process.stdout that the progress line uses. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
  on(event: "error", listener: () => void): unknown;
}

export interface ProgressOptions {
  readonly stream: OutputStream;
  /** Environment steps of the run. */
  readonly total: number;
  /** A monotonic clock, seconds. */
  readonly now: () => number;
  /** process.env, for CI, NO_COLOR and TERM. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Minimum seconds between two redraws. */
const INTERVAL = 0.1;

/** Seconds over which speeds are averaged before the first evaluation: smooth, yet warm-up is soon forgotten. */
const WINDOW = 10;

/** Evaluations over which speeds are averaged later: a window of seconds contains too much of one, or nothing. */
const EVALUATIONS = 3;

/** Columns assumed where the terminal does not report them. */
const DEFAULT_COLUMNS = 80;

const ERASE_REST = "\x1b[K";

interface Sample {
  readonly time: number;
  readonly step: number;
  readonly updates: number;
}

export class ProgressLine {
  readonly #stream: OutputStream;
  readonly #total: number;
  readonly #now: () => number;
  readonly #live: boolean;
  readonly #colored: boolean;
  readonly #samples: Sample[] = [];
  /** At the last evaluations, and at the start. */
  readonly #marks: Sample[] = [];
  #successRate: number | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #outputFailed = false;
  #drawn = false;

  constructor({ stream, total, now, env }: ProgressOptions) {
    this.#stream = stream;
    this.#total = total;
    this.#now = now;
    this.#live = stream.isTTY === true && env["TERM"] !== "dumb" && !isSet(env["CI"]);
    this.#colored = this.#live && (env["NO_COLOR"] ?? "") === "";
    // Without a listener, EPIPE from a closed pipe would end the process.
    stream.on("error", () => {
      this.#outputFailed = true;
    });
  }

  /**
   * Reports the run's progress; cheap enough to call after every episode.
   *
   * @param step    environment steps since the run began, before a resume included
   * @param updates updates since the run began
   */
  advance(step: number, updates: number): void {
    const time = this.#now();
    const previous = this.#samples.at(-2);
    if (previous !== undefined && time - previous.time < INTERVAL) this.#samples.pop();
    this.#samples.push({ time, step, updates });
    if (this.#marks.length === 0) this.#marks.push({ time, step, updates });
    while (this.#samples.length > 2 && time - this.#samples[1]!.time >= WINDOW) this.#samples.shift();
    if (this.#live && time - this.#drawnAt >= INTERVAL) this.#draw(time);
  }

  /** Reports the success rate of an evaluation; call it after `advance`. */
  evaluated(successRate: number): void {
    this.#successRate = successRate;
    const last = this.#samples.at(-1);
    if (last !== undefined) this.#marks.push(last);
    if (this.#marks.length > EVALUATIONS + 1) this.#marks.shift();
    if (!this.#live) this.#write(`${this.#segments().join("  ")}\n`);
  }

  /** Prints a permanent line, such as a warning. */
  print(line: string): void {
    const text = printable(line);
    if (!this.#drawn) this.#write(`${text}\n`);
    else {
      this.#write(`\r${text}${ERASE_REST}\n`);
      this.#draw(this.#now());
    }
  }

  /** Redraws a last time and ends the line. */
  close(): void {
    if (!this.#drawn) return;
    this.#draw(this.#now());
    this.#write("\n");
    this.#drawn = false;
  }

  #draw(time: number): void {
    const width = (this.#stream.columns || DEFAULT_COLUMNS) - 1;
    const segments = this.#segments();
    while (segments.length > 1 && segments.join("  ").length > width) segments.pop();
    let text = segments.join("  ").slice(0, Math.max(width, 0));
    const success = segments[1];
    if (this.#colored && success !== undefined && (this.#successRate ?? 0) >= SOLVED) {
      text = text.replace(success, `\x1b[32m${success}\x1b[39m`);
    }
    this.#write(`\r${text}${ERASE_REST}`);
    this.#drawnAt = time;
    this.#drawn = true;
  }

  /** Returns the parts of the line, most important first: a narrow terminal drops the last ones. */
  #segments(): string[] {
    const { step, stepsPerSecond, updatesPerSecond } = this.#speed();
    const rate = this.#successRate;
    const segments = [
      `${group(step)}/${group(this.#total)} steps`,
      rate === undefined ? "success -" : `success ${rate.toFixed(2)}`,
    ];
    if (stepsPerSecond > 0) {
      segments.push(`${formatDuration(Math.max(this.#total - step, 0) / stepsPerSecond)} left`);
      segments.push(
        updatesPerSecond > 0
          ? `${group(Math.round(updatesPerSecond))} updates/s`
          : `${group(Math.round(stepsPerSecond))} steps/s`,
      );
    }
    return segments;
  }

  #speed(): { step: number; stepsPerSecond: number; updatesPerSecond: number } {
    const first = this.#marks.length > 1 ? this.#marks[0] : this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return { step: 0, stepsPerSecond: 0, updatesPerSecond: 0 };
    const seconds = last.time - first.time;
    const per = (count: number) => (seconds > 0 ? count / seconds : 0);
    return {
      step: last.step,
      stepsPerSecond: per(last.step - first.step),
      updatesPerSecond: per(last.updates - first.updates),
    };
  }

  #write(text: string): void {
    if (this.#outputFailed) return;
    try {
      this.#stream.write(text);
    } catch {
      this.#outputFailed = true;
    }
  }
}

/** Returns whether an environment variable is set, and not to 0 or false. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** Formats 1234567 as 1,234,567, independent of the locale. */
function group(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Formats seconds as m:ss or h:mm:ss. */
export function formatDuration(seconds: number): string {
  const total = Math.round(seconds);
  const pad = (part: number) => String(part).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(total % 60)}` : `${minutes}:${pad(total % 60)}`;
}
