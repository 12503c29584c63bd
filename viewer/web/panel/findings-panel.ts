/** @file The "Findings" tab: the doctor's diagnoses, and what is known of each displayed policy. */

import { element } from "../page/dom.ts";
import type { PlaybackClock } from "../playback/playback-clock.ts";
import { verdictAt } from "../playback/verdict.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ShownSlot, View, ViewData } from "../state/view-data.ts";
import { describeRates } from "./describe-rates.ts";
import { diagnosisSection } from "./diagnosis-section.ts";
import { plainName } from "./plain-names.ts";

type Rows = readonly (readonly [name: string, value: string])[];

export class FindingsPanel {
  readonly object = element("div", { class: "findings" });
  readonly #data: ViewData;
  readonly #store: PageStore;
  readonly #clock: PlaybackClock;
  readonly #copy: (text: string) => void;
  readonly #diagnoses = element("div", { class: "findings" });
  readonly #policies = element("div", { class: "findings" });
  /** What the sections were drawn from, as JSON. */
  #drawnDiagnoses = "";
  #drawnPolicies = "";

  /** @param copy copies a text to the clipboard */
  constructor(data: ViewData, store: PageStore, clock: PlaybackClock, copy: (text: string) => void) {
    this.#data = data;
    this.#store = store;
    this.#clock = clock;
    this.#copy = copy;
    this.object.append(this.#diagnoses, this.#policies);
  }

  refresh(): void {
    const slots = this.#data.shownSlots(this.#store.state.slots);
    if (slots.length === 0) return;
    const { view } = this.#data;
    this.#refreshDiagnoses(slots);
    this.#refreshPolicies(slots, view?.slots === slots ? view : undefined);
  }

  /** Draws a section for each displayed source, unless nothing has changed: the user may be selecting text. */
  #refreshDiagnoses(slots: readonly ShownSlot[]): void {
    const examined = [...new Set(slots.map(({ source }) => source))].map((id) => ({
      id,
      source: this.#data.source(id),
      findings: this.#data.findings.get(id),
      evaluations: this.#data.successRates(id).length,
    }));
    const key = JSON.stringify(examined);
    if (key === this.#drawnDiagnoses) return;
    this.#drawnDiagnoses = key;
    this.#diagnoses.replaceChildren(
      ...examined.map(({ id, source, findings, evaluations }) =>
        diagnosisSection(source?.name ?? id, source, findings, evaluations, this.#copy),
      ),
    );
  }

  /** @param view what the arms of the slots do; undefined if they have none */
  #refreshPolicies(slots: readonly ShownSlot[], view: View | undefined): void {
    const policies = slots.map((info, slot) => ({
      info,
      summary: this.#summary(view, info, slot),
      measured: this.#measured(view, info, slot),
      facts: this.#data.source(info.source)?.facts ?? [],
    }));
    const key = JSON.stringify(policies);
    if (key === this.#drawnPolicies) return;
    const openBefore = [...this.#policies.querySelectorAll("details")].map(({ open }) => open);
    this.#drawnPolicies = key;
    this.#policies.replaceChildren(
      ...policies.map(({ info, summary, measured, facts }, slot) => {
        const title = element("h3", { class: "card-title" }, info.name);
        title.style.setProperty("--slot", `var(--slot-${slot + 1})`);
        const section = element(
          "section",
          { class: "finding" },
          title,
          element("p", { class: "card-kind" }, summary),
          factList(measured),
        );
        if (facts.length > 0) {
          const rows = facts.map(({ name, value }) => [plainName(name), value] as const);
          const details = element("details", {}, element("summary", {}, "Training settings"), factList(rows));
          details.open = openBefore[slot] ?? false;
          section.append(details);
        }
        return section;
      }),
    );
  }

  /** The verdict with its reason, and the steps of training. */
  #summary(view: View | undefined, { step }: ShownSlot, slot: number): string {
    const verdict = view === undefined ? undefined : verdictAt(view, slot, this.#clock.time, this.#data);
    return [
      ...(verdict === undefined ? [] : [`${verdict.state} ${verdict.detail}`]),
      ...(step === null ? [] : [`${step.toLocaleString("en")} steps of training`]),
    ].join(" · ");
  }

  #measured(view: View | undefined, { source }: ShownSlot, slot: number): Rows {
    const { successes, episodes, signChanges } = this.#data.episodes.statistics(slot);
    const rates = this.#data.successRates(source);
    return [
      ...(view === undefined || view.live || episodes === 0
        ? []
        : ([
            ["Success at the end", `${successes} of ${episodes} episodes`],
            ["Reversals of the actions", `${signChanges.toFixed(1)} a second, mean over their components`],
          ] as const)),
      ...(rates.length === 0 ? [] : [["Success in training", describeRates(rates)] as const]),
    ];
  }
}

function factList(rows: Rows): HTMLElement {
  const list = element("dl", { class: "facts" });
  for (const [term, detail] of rows) list.append(element("dt", {}, term), element("dd", {}, detail));
  return list;
}
