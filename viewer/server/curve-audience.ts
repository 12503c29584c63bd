/** @file Who follows which run: its curves are read once for all pages that follow it, and its findings sent with them. */

import { dirname } from "node:path";
import { InputError } from "../../shared/errors.ts";
import type { RunFindings } from "../../shared/protocol-findings.ts";
import { CurveFollower } from "./curve-follower.ts";
import { type Examine, Examiner } from "./examiner.ts";
import type { Library } from "./library.ts";
import type { Watcher } from "./watcher.ts";

interface Followed {
  readonly curves: CurveFollower;
  /** The run's folder. */
  readonly run: string;
  readonly watchers: Set<Watcher>;
  findings: RunFindings | undefined;
}

export class CurveAudience {
  readonly #library: Library;
  readonly #examiner: Examiner;
  readonly #followers = new Map<string, Followed>();

  /** @param examine looks into a run */
  constructor(library: Library, examine: Examine) {
    this.#library = library;
    this.#examiner = new Examiner(examine);
  }

  /** Sends a watcher the curves and findings of a source, and new ones from now on. Throws InputError if it has none. */
  follow(watcher: Watcher, source: string): void {
    this.leave(watcher);
    const { metrics, info } = this.#library.find(source);
    if (metrics === null) throw new InputError(`${info.name}: there are no curves`);
    let followed = this.#followers.get(source);
    if (followed === undefined) {
      const curves = new CurveFollower(source, metrics);
      followed = { curves, run: dirname(metrics), watchers: new Set(), findings: undefined };
      followed.curves.poll();
      this.#followers.set(source, followed);
      this.#examine(source, followed);
    }
    followed.watchers.add(watcher);
    watcher.send(followed.curves.everything());
    if (followed.findings !== undefined) watcher.send({ op: "findings", source, ...followed.findings });
  }

  /** A watcher follows no curves any more. */
  leave(watcher: Watcher): void {
    for (const [source, { watchers }] of this.#followers) {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#followers.delete(source);
    }
  }

  /** Sends what is new; called now and then. */
  poll(): void {
    for (const [source, followed] of this.#followers) {
      const { curves, watchers } = followed;
      try {
        const news = curves.poll();
        if (news === undefined) continue;
        for (const watcher of watchers) watcher.send(news);
        this.#examine(source, followed);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        for (const watcher of watchers) watcher.send({ op: "error", request: null, message: error.message });
      }
    }
  }

  #examine(source: string, followed: Followed): void {
    this.#examiner.ask(followed.run, (findings) => {
      followed.findings = findings;
      for (const watcher of followed.watchers) watcher.send({ op: "findings", source, ...findings });
    });
  }
}
