/** @file A queue of runs for the doctor to examine, one at a time: an examination may occupy a core for a while. */

import type { RunFindings } from "../../shared/protocol-findings.ts";
import { printError } from "./guarded.ts";

/** Examines the run in a folder. Resolves to undefined if there are no findings yet. */
export type Examine = (run: string) => Promise<RunFindings | undefined>;

type Report = (findings: RunFindings) => void;

/** Reported if an examination fails. */
const FAILED: RunFindings = { verdict: "failed", findings: [] };

export class ExaminationQueue {
  readonly #examine: Examine;
  readonly #waiting = new Map<string, Report>();
  #isBusy = false;

  constructor(examine: Examine) {
    this.#examine = examine;
  }

  /**
   * Adds a run to the queue. A run that waits already is examined once, with the newer callback.
   *
   * @param report called with the findings, or the verdict `failed`
   */
  add(run: string, report: Report): void {
    this.#waiting.set(run, report);
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#takeFirst(); next !== undefined; next = this.#takeFirst()) {
      const [run, report] = next;
      try {
        report((await this.#examine(run)) ?? FAILED);
      } catch (error) {
        printError(`examine ${run}`, error);
        report(FAILED);
      }
    }
    this.#isBusy = false;
  }

  #takeFirst(): [run: string, report: Report] | undefined {
    const [first] = this.#waiting;
    if (first !== undefined) this.#waiting.delete(first[0]);
    return first;
  }
}
