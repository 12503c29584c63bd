/** @file Has the runs that are watched looked into by the doctor, one at a time, again after each new evaluation. */

import type { RunFindings } from "../../shared/protocol-findings.ts";

/** Looks into the run in a folder; undefined where nothing can be said, such as before its first evaluation. */
export type Examine = (run: string) => Promise<RunFindings | undefined>;

export class Examiner {
  readonly #examine: Examine;
  readonly #waiting = new Map<string, (findings: RunFindings) => void>();
  #busy = false;

  /** @param examine never called again before it has answered: it may take a core for a while */
  constructor(examine: Examine) {
    this.#examine = examine;
  }

  /**
   * Looks into a run when those asked for before are done. Asked again meanwhile, it is looked into once.
   *
   * @param tell called with what was found; not called where nothing can be said
   */
  ask(run: string, tell: (findings: RunFindings) => void): void {
    this.#waiting.set(run, tell);
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const [run, tell] = next;
      const findings = await this.#examine(run);
      if (findings !== undefined) tell(findings);
    }
    this.#busy = false;
  }

  #next(): [run: string, tell: (findings: RunFindings) => void] | undefined {
    const [next] = this.#waiting;
    if (next !== undefined) this.#waiting.delete(next[0]);
    return next;
  }
}
