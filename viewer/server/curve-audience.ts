/** @file Who follows which curves: each file is read once for all pages that follow it. */

import { InputError } from "../../shared/errors.ts";
import { CurveFollower } from "./curve-follower.ts";
import type { Library } from "./library.ts";
import type { Watcher } from "./watcher.ts";

export class CurveAudience {
  readonly #library: Library;
  readonly #followers = new Map<
    string,
    { readonly curves: CurveFollower; readonly watchers: Set<Watcher> }
  >();

  constructor(library: Library) {
    this.#library = library;
  }

  /** Sends a watcher the curves of a source, and new rows from now on. Throws InputError if it has none. */
  follow(watcher: Watcher, source: string): void {
    this.leave(watcher);
    const { metrics, info } = this.#library.find(source);
    if (metrics === null) throw new InputError(`${info.name}: there are no curves`);
    let follower = this.#followers.get(source);
    if (follower === undefined) {
      follower = { curves: new CurveFollower(source, metrics), watchers: new Set() };
      follower.curves.poll();
      this.#followers.set(source, follower);
    }
    follower.watchers.add(watcher);
    watcher.send(follower.curves.everything());
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
    for (const { curves, watchers } of this.#followers.values()) {
      try {
        const news = curves.poll();
        if (news !== undefined) for (const watcher of watchers) watcher.send(news);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        for (const watcher of watchers) watcher.send({ op: "error", request: null, message: error.message });
      }
    }
  }
}
