/**
 * @file The best evaluated policies of a run, of which a second evaluation at its end chooses one.
 *
 * An evaluation has few episodes, so the best of many is partly luck. Episodes with other seeds decide between the
 * best ones. Docs: docs/ddpg.md#the-policy-of-a-run.
 */

import { z } from "zod";
import { type EpisodeOutcome, summarize } from "./evaluate.ts";
import { PolicySnapshot } from "./policy-snapshot.ts";

export const BestPolicy = z.strictObject({ snapshot: PolicySnapshot, successRate: z.number() });
export type BestPolicy = z.infer<typeof BestPolicy>;

export class BestPolicies {
  readonly #capacity: number;
  /** Best first; the newer one of equals first. */
  readonly #kept: BestPolicy[] = [];

  /** @param capacity number of policies to keep; 0 keeps none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Snapshots of the policies kept, best first. */
  get snapshots(): readonly PolicySnapshot[] {
    return this.#kept.map(({ snapshot }) => snapshot);
  }

  /** Keeps an evaluated policy if it is among the best so far. Call it in the order of training. */
  add(snapshot: PolicySnapshot, successRate: number): void {
    const rank = this.#kept.findIndex((each) => each.successRate <= successRate);
    this.#kept.splice(rank === -1 ? this.#kept.length : rank, 0, { snapshot, successRate });
    this.#kept.splice(this.#capacity);
  }

  getState(): readonly BestPolicy[] {
    return [...this.#kept];
  }

  /** Restores saved policies; those beyond the capacity are dropped. */
  setState(saved: readonly BestPolicy[]): void {
    this.#kept.splice(0, this.#kept.length, ...saved.slice(0, this.#capacity));
  }
}

/**
 * Returns the policy with the highest success rate on some episodes, the first of equals.
 *
 * @param snapshots at least one
 * @returns undefined if a stop is requested meanwhile
 */
export async function bestOf(
  snapshots: readonly PolicySnapshot[],
  play: (snapshot: PolicySnapshot) => Promise<readonly EpisodeOutcome[] | undefined>,
): Promise<PolicySnapshot | undefined> {
  if (snapshots.length === 1) return snapshots[0];
  let best: { readonly snapshot: PolicySnapshot; readonly successRate: number } | undefined;
  for (const snapshot of snapshots) {
    const outcomes = await play(snapshot);
    if (outcomes === undefined) return undefined;
    const { successRate } = summarize(outcomes);
    if (best === undefined || successRate > best.successRate) best = { snapshot, successRate };
  }
  return best?.snapshot;
}
