/** @file The doctor's diagnosis of one source: the most likely cause with evidence and remedy, and the other causes. */

import type { SourceInfo } from "../../../shared/protocol.ts";
import type { RunFindings } from "../../../shared/protocol-findings.ts";
import { shellQuoted } from "../../../shared/shell-quote.ts";
import { button, element } from "../page/dom.ts";
import { plainName } from "./plain-names.ts";

/**
 * Creates the section.
 *
 * @param evaluations number of the source's evaluations so far
 * @param copy        copies a text to the clipboard
 */
export function diagnosisSection(
  name: string,
  source: SourceInfo | undefined,
  diagnosis: RunFindings | undefined,
  evaluations: number,
  copy: (text: string) => void,
): HTMLElement {
  const section = element(
    "section",
    { class: "finding" },
    element("h3", { class: "card-title plain" }, `Doctor: ${name}`),
  );
  const [first, ...others] = diagnosis?.findings ?? [];
  if (first === undefined) {
    section.classList.add("quiet");
    const isEarly = evaluations === 0 && diagnosis?.verdict === "failed";
    const text =
      diagnosis === undefined || isEarly
        ? whyNoDiagnosis(source, evaluations)
        : describeVerdict(diagnosis.verdict);
    section.append(element("p", {}, text));
    const training = source?.kind === "zoo" ? factOf(source, "command") : undefined;
    if (training !== undefined) section.append(commandLine(training, copy));
    return section;
  }
  section.append(
    element("p", { class: "card-kind" }, `${first.title} · confidence ${percent(first.confidence)}`),
    element("p", {}, first.explanation),
    element("p", {}, element("strong", {}, "Remedy: "), first.remedy),
  );
  if (first.set.length > 0) {
    section.append(commandLine(first.set.map((each) => `--set ${shellQuoted(each)}`).join(" "), copy));
    const folder = source === undefined ? undefined : factOf(source, "folder");
    if (folder !== undefined)
      section.append(commandLine(`npx steadyarm doctor ${shellQuoted(folder)} --cure`, copy));
  }
  const list = element("dl", { class: "facts" });
  for (const { metric, value, side, threshold } of first.evidence) {
    list.append(
      element("dt", { title: metric }, plainName(metric)),
      element("dd", {}, `${value.toPrecision(3)}, ${side} ${Number(threshold.toPrecision(3))}`),
    );
  }
  if (others.length > 0) {
    const names = others.map(({ title, confidence }) => `${title} (${percent(confidence)})`).join(", ");
    list.append(element("dt", {}, "Other causes"), element("dd", {}, names));
  }
  section.append(list);
  return section;
}

/** A command with a button that copies it. */
function commandLine(command: string, copy: (text: string) => void): HTMLElement {
  const press = button({ label: "Copy", className: "button copy", onPress: () => copy(command) });
  press.setAttribute("aria-label", `Copy ${command}`);
  return element("p", { class: "command-line" }, element("code", {}, command), press);
}

/** Says why the doctor has not reported. */
function whyNoDiagnosis(source: SourceInfo | undefined, evaluations: number): string {
  switch (source?.kind) {
    case "run":
      return evaluations === 0
        ? "The doctor examines a run after its first evaluation."
        : "The doctor is examining the run.";
    case "zoo":
      return "The doctor examines runs, and the zoo has policies without theirs. This command makes the run:";
    case undefined:
      return "The doctor examines runs.";
    default:
      return "The doctor examines runs. Choose the run that this policy is from.";
  }
}

/** Describes a verdict without findings. */
function describeVerdict(verdict: string): string {
  switch (verdict) {
    case "healthy":
      return "Healthy: the newest evaluations succeed, and no problem was found.";
    case "failed":
      return "The doctor could not examine the run. steadyarm doctor says why.";
    default:
      return "The policy has not learned the task, and no known cause fits.";
  }
}

function factOf({ facts }: SourceInfo, name: string): string | undefined {
  return facts.find((fact) => fact.name === name)?.value;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
