/** @file What an imported arm has that its file lacks or that cannot be simulated, one line for each kind. */

/** Collects assumptions about links and joints. */
export class Assumptions {
  readonly #items = new Map<string, string[]>();

  /**
   * Adds an assumption.
   *
   * @param kind `effort by env.urdf.effort`
   * @param item name of the link or joint, with the value if there is one
   */
  add(kind: string, item: string): void {
    this.#items.set(kind, [...(this.#items.get(kind) ?? []), item]);
  }

  /** Returns `kind: item, item` for each kind, in the order in which they were added. */
  lines(): string[] {
    return [...this.#items].map(([kind, items]) => `${kind}: ${items.join(", ")}`);
  }
}
