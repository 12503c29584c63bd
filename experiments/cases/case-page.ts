/** @file A case as a page: what was asked, every verdict, what shows it, and how to make it again. */

import { fixed } from "../report/number-text.ts";
import { type Block, renderPage, type Section, type Term, type Verdict } from "../report/page.ts";
import { type ArmRuns, FIGURES } from "./arm-runs.ts";
import type { CaseReport, CaseStudy } from "./case-study.ts";
import { BASE_PRESET, type Remedy } from "./remedies.ts";

export interface PageFacts {
  /** Command, date, versions and machine: whatever the page is to be known by. */
  readonly facts: readonly Term[];
  /** Said at the top where the numbers are not to be concluded from; empty otherwise. */
  readonly caution: string;
  /** What went wrong in which run. */
  readonly failures: readonly Term[];
}

/** The whole page. */
export function casePage(study: CaseStudy, report: CaseReport, arm: ArmRuns, page: PageFacts): string {
  const { title, question, remedies } = study;
  return renderPage({
    title,
    lead: `${question} ${tally(report)}${page.caution === "" ? "" : ` ${page.caution}`}`,
    facts: page.facts,
    sections: [verdictSection(report), ...report.sections, makingSection(remedies, arm, page)],
  });
}

/** `Of 9 claims 4 are confirmed, 3 refuted and 2 undecided.` */
export function tally({ verdicts }: CaseReport): string {
  const counts = (["confirmed", "refuted", "half-true", "undecided"] satisfies Verdict[])
    .map((verdict) => ({ verdict, count: verdicts.filter((each) => each.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`);
  return `Of ${verdicts.length} claims: ${counts.join(", ")}.`;
}

function verdictSection({ verdicts }: CaseReport): Section {
  return {
    heading: "The claims and what they came to",
    blocks: [
      {
        kind: "table",
        caption: "Each is shown further down with the number that decides it and the rule by which it does.",
        columns: [{ name: "claim" }, { name: "verdict" }],
        rows: verdicts.map(({ claim, verdict }) => [claim, verdict]),
      },
    ],
  };
}

function makingSection(remedies: readonly Remedy[], arm: ArmRuns, { failures }: PageFacts): Section {
  const settings = remedies.map((remedy) => ({
    term: remedy.name,
    text:
      Object.entries(remedy.settings)
        .map(([path, value]) => `\`${path}=${JSON.stringify(value)}\``)
        .join(" ") || `\`--preset ${BASE_PRESET}\``,
  }));
  const seeds = remedies.flatMap((remedy) =>
    arm
      .of(remedy)
      .map((run) => [
        remedy.name,
        `${run.seed}`,
        ...FIGURES.map((figure) => fixed(figure.of(run), figure.decimals)),
      ]),
  );
  const trouble: Block[] =
    failures.length === 0
      ? []
      : [
          { kind: "text", text: "Runs that ended with an error; they are in no mean:" },
          { kind: "terms", terms: failures },
        ];
  return {
    heading: "How this was made",
    blocks: [
      {
        kind: "text",
        text: `Every remedy is \`--preset ${BASE_PRESET}\` with the settings below, ${fixed(arm.steps)} steps, seeds ${arm.seeds.join(", ")}. Success is over fresh episodes after training; the interval of a difference is the bootstrap's, over 10,000 resamplings of the seeds. \`case.json\` beside this page has every number, \`runs/\` every run.`,
      },
      ...trouble,
      {
        kind: "details",
        summary: "Settings of every remedy",
        blocks: [{ kind: "terms", terms: settings }],
      },
      {
        kind: "details",
        summary: "Every seed",
        blocks: [
          {
            kind: "table",
            caption: "One row a run.",
            columns: [
              { name: "remedy" },
              { name: "seed", numeric: true },
              ...FIGURES.map(({ name }) => ({ name, numeric: true })),
            ],
            rows: seeds,
          },
        ],
      },
    ],
  };
}
