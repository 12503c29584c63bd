/** @file The pages' subscriptions to training curves and findings. Each run is read once for all its subscribers. */

import { dirname } from "node:path";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import type { RunFindings } from "../../shared/protocol-findings.ts";
import type { ClientConnection } from "./client-connection.ts";
import { CurveFollower } from "./curve-follower.ts";
import { ExaminationQueue, type Examine } from "./examination-queue.ts";
import type { Library } from "./library.ts";

/** A run with at least one subscriber. */
interface FollowedRun {
  readonly curves: CurveFollower;
  readonly folder: string;
  /** Whether the doctor examines it. A zoo entry has only the curves of a run. */
  readonly isExamined: boolean;
  readonly clients: Set<ClientConnection>;
  findings: RunFindings | undefined;
  /** Why the curves cannot be read, as last sent; empty if they can be. */
  problem: string;
}

export class CurveSubscriptions {
  readonly #library: Library;
  readonly #examinations: ExaminationQueue | undefined;
  /** By source id. */
  readonly #runs = new Map<string, FollowedRun>();

  /** @param examine examines runs; without it there are no findings */
  constructor(library: Library, examine: Examine | undefined) {
    this.#library = library;
    this.#examinations = examine === undefined ? undefined : new ExaminationQueue(examine);
  }

  /** Subscribes a client to a source, instead of its previous one. Throws InputError if the source has no curves. */
  subscribe(client: ClientConnection, source: string): void {
    this.unsubscribe(client);
    const { metrics, info } = this.#library.find(source);
    if (metrics === null) throw refuse(info.name, "training curves", unquoted("none"));
    let run = this.#runs.get(source);
    if (run === undefined) {
      const curves = new CurveFollower(source, metrics);
      curves.poll();
      run = {
        curves,
        folder: dirname(metrics),
        isExamined: info.kind === "run",
        clients: new Set(),
        findings: undefined,
        problem: "",
      };
      this.#runs.set(source, run);
      this.#examine(source, run);
    }
    run.clients.add(client);
    client.send(run.curves.allRows());
    if (run.findings !== undefined) client.send({ op: "findings", source, ...run.findings });
  }

  unsubscribe(client: ClientConnection): void {
    for (const [source, { clients }] of this.#runs) {
      clients.delete(client);
      if (clients.size === 0) this.#runs.delete(source);
    }
  }

  /** Sends new rows of all followed runs to their subscribers. */
  poll(): void {
    for (const [source, run] of this.#runs) {
      try {
        const rows = run.curves.poll();
        run.problem = "";
        if (rows === undefined) continue;
        for (const client of run.clients) client.send(rows);
        this.#examine(source, run);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        if (error.message === run.problem) continue;
        run.problem = error.message;
        for (const client of run.clients) client.send({ op: "error", request: null, message: error.message });
      }
    }
  }

  #examine(source: string, run: FollowedRun): void {
    if (!run.isExamined) return;
    this.#examinations?.add(run.folder, (findings) => {
      run.findings = findings;
      for (const client of run.clients) client.send({ op: "findings", source, ...findings });
    });
  }
}
