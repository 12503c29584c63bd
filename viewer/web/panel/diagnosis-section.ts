/** @file What the doctor says of one run: the likeliest cause with its evidence and remedy, the others by name. */

import type { RunFindings } from "../../../shared/protocol-findings.ts";
import { element } from "../dom.ts";

/** A section of the findings panel; all text is shown as text. */
export function diagnosisSection(run: string, { verdict, findings }: RunFindings): HTMLElement {
  const section = element(
    "section",
    { class: "finding" },
    element("h3", { class: "card-title plain" }, `Doctor: ${run}`),
  );
  const [first, ...others] = findings;
  if (first === undefined) {
    section.append(element("p", {}, sentenceOf(verdict)));
    return section;
  }
  section.append(
    element("p", { class: "card-kind" }, `${first.title} · ${percent(first.confidence)} sure`),
    element("p", {}, first.explanation),
  );
  const list = element("dl", { class: "facts" });
  for (const { metric, value, side, threshold } of first.evidence) {
    list.append(
      element("dt", {}, metric),
      element("dd", {}, `${value.toPrecision(3)}, ${side} ${Number(threshold.toPrecision(3))}`),
    );
  }
  const remedy = [first.remedy, ...first.set.map((each) => `--set ${each}`)].join(" · ");
  list.append(element("dt", {}, "Remedy"), element("dd", {}, remedy));
  if (others.length > 0) {
    const named = others.map(({ title, confidence }) => `${title} (${percent(confidence)})`).join(", ");
    list.append(element("dt", {}, "Less likely"), element("dd", {}, named));
  }
  section.append(list);
  return section;
}

function sentenceOf(verdict: string): string {
  return verdict === "healthy"
    ? "Healthy: its newest evaluations hold the goal, and nothing is found wrong."
    : "It has not learned, and no known cause fits.";
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
