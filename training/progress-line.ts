/**
 * @file The line that shows how a run is getting on: redrawn in place on a terminal, one line an
 * evaluation where output goes to a file, a pipe or continuous integration.
 *
 * Nobody's screen is worth a run: whatever goes wrong with writing ends the display, not the training.
 */

/** What is needed of process.stdout. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
  on(event: "error", listener: () => void): unknown;
}

export interface ProgressOptions {
  readonly stream: OutputStream;
  /** Environment steps of the whole run. */
  readonly total: number;
  /** A clock in seconds that never goes back. */
  readonly now: () => number;
  /** process.env: CI, NO_COLOR and TERM are asked for. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Seconds between two drawings. */
const INTERVAL = 0.1;

/** Seconds that speeds are averaged over: long enough to be calm, short enough to leave warm-up behind. */
const WINDOW = 10;

/** A success rate that is shown in green. */
const GOOD = 0.95;

/** Columns of a terminal that does not say how many it has. */
const USUAL_COLUMNS = 80;

const ERASE_REST = "\x1b[K";

interface Moment {
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
  readonly #moments: Moment[] = [];
  #successRate: number | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #broken = false;
  #drawn = false;

  constructor({ stream, total, now, env }: ProgressOptions) {
    this.#stream = stream;
    this.#total = total;
    this.#now = now;
    this.#live = stream.isTTY === true && env["TERM"] !== "dumb" && !isSet(env["CI"]);
    this.#colored = this.#live && (env["NO_COLOR"] ?? "") === "";
    // Without a listener, a reader that went away (EPIPE) would end the process.
    stream.on("error", () => {
      this.#broken = true;
    });
  }

  /**
   * Tells how far the run is; cheap enough for every episode.
   *
   * @param step    environment steps taken, earlier sittings included
   * @param updates updates of the networks made, likewise
   */
  advance(step: number, updates: number): void {
    const time = this.#now();
    const before = this.#moments.at(-2);
    if (before !== undefined && time - before.time < INTERVAL) this.#moments.pop();
    this.#moments.push({ time, step, updates });
    while (this.#moments.length > 2 && time - this.#moments[1]!.time >= WINDOW) this.#moments.shift();
    if (this.#live && time - this.#drawnAt >= INTERVAL) this.#draw(time);
  }

  /** Tells the share of an evaluation's episodes that ended in success; call it after `advance`. */
  evaluated(successRate: number): void {
    this.#successRate = successRate;
    if (!this.#live) this.#write(`${this.#segments().join("  ")}\n`);
  }

  /** Prints a line of its own that stays, such as a warning. */
  say(line: string): void {
    if (!this.#drawn) this.#write(`${line}\n`);
    else {
      this.#write(`\r${line}${ERASE_REST}\n`);
      this.#draw(this.#now());
    }
  }

  /** Draws the last state and ends the line. */
  close(): void {
    if (!this.#drawn) return;
    this.#draw(this.#now());
    this.#write("\n");
    this.#drawn = false;
  }

  #draw(time: number): void {
    const width = (this.#stream.columns || USUAL_COLUMNS) - 1;
    const segments = this.#segments();
    while (segments.length > 1 && segments.join("  ").length > width) segments.pop();
    let text = segments.join("  ").slice(0, Math.max(width, 0));
    const success = segments[1];
    if (this.#colored && success !== undefined && (this.#successRate ?? 0) >= GOOD) {
      text = text.replace(success, `\x1b[32m${success}\x1b[39m`);
    }
    this.#write(`\r${text}${ERASE_REST}`);
    this.#drawnAt = time;
    this.#drawn = true;
  }

  /** What there is to say, the most important first: a narrow terminal drops from the end. */
  #segments(): string[] {
    const { step, stepsPerSecond, updatesPerSecond } = this.#speed();
    const rate = this.#successRate;
    const segments = [
      `${group(step)}/${group(this.#total)} steps`,
      rate === undefined ? "success -" : `success ${rate.toFixed(2)}`,
    ];
    if (stepsPerSecond > 0) {
      segments.push(`${formatDuration(Math.max(this.#total - step, 0) / stepsPerSecond)} left`);
      const updating = updatesPerSecond > 0;
      const speed = updating ? updatesPerSecond : stepsPerSecond;
      segments.push(`${group(Math.round(speed))} ${updating ? "updates" : "steps"}/s`);
    }
    return segments;
  }

  #speed(): { step: number; stepsPerSecond: number; updatesPerSecond: number } {
    const first = this.#moments[0];
    const last = this.#moments.at(-1);
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
    if (this.#broken) return;
    try {
      this.#stream.write(text);
    } catch {
      this.#broken = true;
    }
  }
}

/** Whether an environment variable says yes: continuous integration sets CI to true, people to 0 or false. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** 1234567 as 1,234,567, in every locale. */
function group(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Seconds as m:ss or h:mm:ss. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (part: number) => String(part).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
