/** @file The doctor's diagnosis of one run: the most likely cause with evidence and remedy, and the other causes. */

import type { RunFindings } from "../../../shared/protocol-findings.ts";
import { element } from "../page/dom.ts";

export function diagnosisSection(run: string, { verdict, findings }: RunFindings): HTMLElement {
  const section = element(
    "section",
    { class: "finding" },
    element("h3", { class: "card-title plain" }, `Doctor: ${run}`),
  );
  const [first, ...others] = findings;
  if (first === undefined) {
    section.append(element("p", {}, describeVerdict(verdict)));
    return section;
  }
  section.append(
    element("p", { class: "card-kind" }, `${first.title} · confidence ${percent(first.confidence)}`),
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
    const names = others.map(({ title, confidence }) => `${title} (${percent(confidence)})`).join(", ");
    list.append(element("dt", {}, "Other causes"), element("dd", {}, names));
  }
  section.append(list);
  return section;
}

/** Describes a verdict without findings. */
function describeVerdict(verdict: string): string {
  return verdict === "healthy"
    ? "Healthy: the newest evaluations succeed, and no problem was found."
    : "The policy has not learned the task, and no known cause fits.";
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
