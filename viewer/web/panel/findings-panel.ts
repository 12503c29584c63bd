/** @file What is known of the policies on stage: their cards, the figures of oscillation, findings about the run. */

import type { SlotInfo } from "../../../shared/protocol.ts";
import { element } from "../dom.ts";
import { successSpread, verdictOf } from "../oscillation.ts";
import type { ViewData } from "../view-data.ts";
import { diagnosisSection } from "./diagnosis-section.ts";

export class FindingsPanel {
  readonly object = element("div", { class: "findings" });
  readonly #data: ViewData;

  constructor(data: ViewData) {
    this.#data = data;
  }

  refresh(): void {
    const slots = this.#data.showing?.slots ?? [];
    this.object.replaceChildren(
      ...slots.map(({ source, name, step }, slot) => {
        const { held, episodes, signChanges } = this.#data.shelf.record(slot);
        const spread = successSpread(this.#data.evaluations(source));
        const rows: [string, string][] = [
          [
            "Action",
            `changes its sign ${signChanges.toFixed(1)} times a second (mean of its numbers and ${episodes} episodes)`,
          ],
          ["Held", `${held} of ${episodes} episodes at the last step`],
          [
            "Success while training",
            spread === undefined
              ? "no evaluations at hand"
              : `${spread.low.toFixed(2)} to ${spread.high.toFixed(2)} over ${spread.evaluations} evaluations since it was first nearly at its best`,
          ],
          ...(this.#data.source(source)?.facts ?? []).map(({ name: fact, value }): [string, string] => [
            fact,
            value,
          ]),
        ];
        const title = element("h3", { class: "card-title" }, name);
        title.style.setProperty("--slot", `var(--slot-${slot + 1})`);
        const list = element("dl", { class: "facts" });
        for (const [term, detail] of rows) list.append(element("dt", {}, term), element("dd", {}, detail));
        return element(
          "section",
          { class: "finding" },
          title,
          element(
            "p",
            { class: "card-kind" },
            `${verdictOf(signChanges, spread)}${step === null ? "" : ` · ${step.toLocaleString("en")} steps`}`,
          ),
          list,
        );
      }),
      ...this.#examined(slots),
    );
  }

  /** What the doctor says of each run on stage, once each. */
  #examined(slots: readonly SlotInfo[]): HTMLElement[] {
    const sources = [...new Set(slots.map(({ source }) => source))];
    const sections = sources.flatMap((source) => {
      const found = this.#data.findings.get(source);
      return found === undefined ? [] : [diagnosisSection(this.#data.source(source)?.name ?? source, found)];
    });
    return sections.length > 0 ? sections : [nobodyLooked()];
  }
}

function nobodyLooked(): HTMLElement {
  return element(
    "section",
    { class: "finding quiet" },
    element("h3", { class: "card-title plain" }, "Findings"),
    element(
      "p",
      {},
      "Nothing is known of these runs yet. When a run has had its first evaluation, what keeps it from learning is told here, with the evidence and the setting that mends it.",
    ),
  );
}
