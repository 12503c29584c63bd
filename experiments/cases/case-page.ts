/** @file HTML page of a case: claims, verdicts, evidence, and the settings needed to reproduce it. */

import { fixed } from "../report/number-text.ts";
import { type Block, renderPage, type Section, type Term, type Verdict } from "../report/page.ts";
import { type ArmRuns, RUN_METRICS } from "./arm-runs.ts";
import type { CaseReport, CaseStudy } from "./case-study.ts";
import { BASE_PRESET, type Remedy } from "./remedies.ts";

export interface PageFacts {
  /** Provenance: command, date, versions, machine. */
  readonly facts: readonly Term[];
  /** Printed at the top if the results are not conclusive; else empty. */
  readonly caution: string;
  /** Failed runs with their errors. */
  readonly failures: readonly Term[];
}

/** The complete page. */
export function casePage(study: CaseStudy, report: CaseReport, arm: ArmRuns, page: PageFacts): string {
  const { title, question, remedies } = study;
  return renderPage({
    title,
    lead: `${question} ${tally(report)}${page.caution === "" ? "" : ` ${page.caution}`}`,
    facts: page.facts,
    sections: [verdictSection(report), ...report.sections, methodSection(remedies, arm, page)],
  });
}

/** `Verdicts on 9 claims: 4 confirmed, 3 refuted, 2 undecided.` */
export function tally({ verdicts }: CaseReport): string {
  const counts = (["confirmed", "refuted", "half-true", "undecided"] satisfies Verdict[])
    .map((verdict) => ({ verdict, count: verdicts.filter((each) => each.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`);
  return `Verdicts on ${verdicts.length} ${verdicts.length === 1 ? "claim" : "claims"}: ${counts.join(", ")}.`;
}

function verdictSection({ verdicts }: CaseReport): Section {
  return {
    heading: "Claims and verdicts",
    blocks: [
      {
        kind: "table",
        caption: "Each verdict is explained below, with the numbers and the rule that decide it.",
        columns: [{ name: "claim" }, { name: "verdict" }],
        rows: verdicts.map(({ claim, verdict }) => [claim, verdict]),
      },
    ],
  };
}

function methodSection(remedies: readonly Remedy[], arm: ArmRuns, { failures }: PageFacts): Section {
  const settings = remedies.map((remedy) => ({
    term: remedy.name,
    text:
      Object.entries(remedy.settings)
        .map(([path, value]) => `\`${path}=${JSON.stringify(value)}\``)
        .join(" ") || `\`--preset ${BASE_PRESET}\``,
  }));
  const rows = remedies.flatMap((remedy) =>
    arm
      .of(remedy)
      .map((run) => [
        remedy.name,
        `${run.seed}`,
        ...RUN_METRICS.map((metric) => fixed(metric.of(run), metric.decimals)),
      ]),
  );
  const failureBlocks: Block[] =
    failures.length === 0
      ? []
      : [
          { kind: "text", text: "Runs that failed and are excluded from all results:" },
          { kind: "terms", terms: failures },
        ];
  return {
    heading: "Method",
    blocks: [
      {
        kind: "text",
        text: `Each remedy is \`--preset ${BASE_PRESET}\` with the settings below, trained for ${fixed(arm.steps)} steps on seeds ${arm.seeds.join(", ")}. Success is measured on fresh episodes after training. Differences are paired by seed, with Student's t intervals: of 95 % each in tables and figures, of 95 % for all together in the verdicts. \`case.json\` contains all numbers, and \`runs/\` all runs.`,
      },
      ...failureBlocks,
      {
        kind: "details",
        summary: "Settings of each remedy",
        blocks: [{ kind: "terms", terms: settings }],
      },
      {
        kind: "details",
        summary: "Results of each seed",
        blocks: [
          {
            kind: "table",
            caption: "One row per run.",
            columns: [
              { name: "remedy" },
              { name: "seed", numeric: true },
              ...RUN_METRICS.map(({ name }) => ({ name, numeric: true })),
            ],
            rows,
          },
        ],
      },
    ],
  };
}
