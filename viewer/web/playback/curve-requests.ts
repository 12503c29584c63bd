/** @file Requests the training curves of all displayed sources, one after the other, and stays subscribed to the last. */

import type { Connection } from "../connection/connection.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";

export class CurveRequests {
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #connection: Connection;
  #remaining: string[] = [];
  #current: string | undefined;

  constructor(store: PageStore, data: ViewData, connection: Connection) {
    this.#store = store;
    this.#data = data;
    this.#connection = connection;
  }

  /** Requests the curves of every displayed source. A running run comes last, so that its new rows arrive. */
  restart(): void {
    const isRunning = (source: string) => this.#data.source(source)?.state === "running";
    const sources = new Set(this.#store.state.slots.map(({ source }) => source));
    this.#remaining = [...sources]
      .filter((source) => this.#data.source(source)?.hasCurves === true)
      .sort((a, b) => Number(isRunning(a)) - Number(isRunning(b)));
    this.#current = undefined;
    this.#requestNext();
  }

  /** Requests the next curves after those of a source have arrived. */
  received(source: string): void {
    if (source === this.#current) this.#requestNext();
  }

  #requestNext(): void {
    const next = this.#remaining.shift();
    if (next === undefined) return;
    this.#current = next;
    this.#connection.send({ op: "follow", source: next });
  }
}
