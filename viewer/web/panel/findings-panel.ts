/** @file The "Findings" tab: oscillation, success and facts of each displayed policy, and the doctor's diagnoses. */

import type { SlotInfo } from "../../../shared/protocol.ts";
import { element } from "../page/dom.ts";
import { successSpread, verdictOf } from "../playback/oscillation.ts";
import type { ViewData } from "../state/view-data.ts";
import { diagnosisSection } from "./diagnosis-section.ts";

export class FindingsPanel {
  readonly object = element("div", { class: "findings" });
  readonly #data: ViewData;

  constructor(data: ViewData) {
    this.#data = data;
  }

  refresh(): void {
    const slots = this.#data.view?.slots ?? [];
    this.object.replaceChildren(
      ...slots.map((info, slot) => this.#policySection(info, slot)),
      ...this.#diagnoses(slots),
    );
  }

  #policySection({ source, name, step }: SlotInfo, slot: number): HTMLElement {
    const { successes, episodes, signChanges } = this.#data.episodes.statistics(slot);
    const spread = successSpread(this.#data.successRates(source));
    const rows: [string, string][] = [
      [
        "Sign changes",
        `${signChanges.toFixed(1)} per second, mean over action components and ${episodes} episodes`,
      ],
      ["Success at the end", `${successes} of ${episodes} episodes`],
      [
        "Success in training",
        spread === undefined
          ? "not enough evaluations"
          : `${spread.min.toFixed(2)} to ${spread.max.toFixed(2)} over ${spread.evaluations} evaluations since it first came near its maximum`,
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
        `${verdictOf(signChanges, spread, episodes === 0 ? undefined : successes / episodes)}${step === null ? "" : ` · ${step.toLocaleString("en")} steps`}`,
      ),
      list,
    );
  }

  /** A section for each displayed source with findings. */
  #diagnoses(slots: readonly SlotInfo[]): HTMLElement[] {
    const sources = [...new Set(slots.map(({ source }) => source))];
    const sections = sources.flatMap((source) => {
      const findings = this.#data.findings.get(source);
      if (findings === undefined) return [];
      return [diagnosisSection(this.#data.source(source)?.name ?? source, findings)];
    });
    return sections.length > 0 ? sections : [emptySection()];
  }
}

function emptySection(): HTMLElement {
  return element(
    "section",
    { class: "finding quiet" },
    element("h3", { class: "card-title plain" }, "Doctor"),
    element(
      "p",
      {},
      "No findings yet. After a run's first evaluation, the doctor reports here what prevents learning, with evidence and the setting that fixes it.",
    ),
  );
}
