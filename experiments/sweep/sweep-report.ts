/** @file The report of a sweep: one content for the page, the Markdown and the figures beside them. */

import { formatDuration } from "../../training/progress-line.ts";
import { signed } from "../report/number-text.ts";
import type { Block, ReportPage, Section, Term } from "../report/page.ts";
import { caveats } from "./caveats.ts";
import type { Comparison } from "./comparison.ts";
import type { Outcome } from "./outcome.ts";
import { aggregateFigure, curveFigure, improvementFigure, profileFigure } from "./sweep-figures.ts";
import type { SweepFolder } from "./sweep-folder.ts";
import { aggregateTable, estimateText, improvementTable, runTable, taskTable } from "./sweep-tables.ts";

export interface SweepReport {
  readonly page: ReportPage;
  /** The page's figures by name, as SVG. */
  readonly figures: ReadonlyMap<string, string>;
}

const HOW_TO_READ: readonly Term[] = [
  {
    term: "success",
    text: "Share of the final episodes, fresh and without noise, in which the goal is held at the last step. Touched: at any step.",
  },
  {
    term: "interquartile mean",
    text: "Mean of the middle half of all runs: one lucky or unlucky seed cannot move it, unlike the mean; it uses more runs than the median. Agarwal et al. 2021, arXiv:2108.13264.",
  },
  {
    term: "[low, high]",
    text: "95 % stratified bootstrap interval: seeds drawn anew within each task, with replacement, 50,000 times (10,000 in tables of one task, 2,000 in curves and profiles).",
  },
  {
    term: "chance to be better",
    text: "How often a run of the first method beats one of the second on the same task, ties counting half; 0.5 is no difference.",
  },
  {
    term: "performance profile",
    text: "For each success rate, the share of runs above it. A curve above another everywhere is better at every demand.",
  },
  {
    term: "95 % at step",
    text: "Median over seeds of the first evaluation at 0.95 or above; never, if half of the seeds never had one.",
  },
  {
    term: "oscillation",
    text: "Standard deviation of the evaluations in the last half of training, averaged over seeds; 0 is a policy that holds.",
  },
];

/** Makes the report of what is known of a sweep; the same outcomes give the same text. */
export function reportSweep(
  folder: SweepFolder,
  outcomes: readonly Outcome[],
  comparison: Comparison,
): SweepReport {
  const figures = new Map<string, string>();
  const figure = (name: string, svg: string, caption: string): Block => {
    figures.set(name, svg);
    return { kind: "figure", figure: { svg, caption } };
  };
  const { tasks, methods, aggregates, improvements } = comparison;
  const known = caveats(outcomes);
  const sections: Section[] = [];
  if (known.length > 0) {
    sections.push({ heading: "Before you read on", blocks: known.map((text) => ({ kind: "text", text })) });
  }
  const overall: Block[] = [];
  if (aggregates.length > 0) {
    overall.push(figure("success", aggregateFigure(comparison), AGGREGATE_CAPTION));
    overall.push(aggregateTable(comparison));
  } else overall.push({ kind: "text", text: "No method has a result on every task yet." });
  if (improvements.length > 0) {
    overall.push(figure("improvement", improvementFigure(comparison), IMPROVEMENT_CAPTION));
    if (methods.length > 2) {
      overall.push({ kind: "details", summary: "every pair", blocks: [improvementTable(comparison)] });
    }
  }
  sections.push({ heading: tasks.length > 1 ? "Over all tasks" : "Result", blocks: overall });
  tasks.forEach((task, i) => {
    const name = tasks.length > 1 ? `curves-${i + 1}` : "curves";
    sections.push({
      heading: task,
      blocks: [figure(name, curveFigure(comparison, task), CURVE_CAPTION), taskTable(comparison, task)],
    });
  });
  if (aggregates.length > 0) {
    sections.push({
      heading: "How reliable",
      blocks: [figure("profiles", profileFigure(comparison), PROFILE_CAPTION)],
    });
  }
  sections.push({
    heading: "Every run",
    blocks: [
      { kind: "details", summary: `${outcomes.length} runs, seed by seed`, blocks: [runTable(outcomes)] },
    ],
  });
  sections.push({ heading: "How to read this", blocks: [{ kind: "terms", terms: HOW_TO_READ }] });
  sections.push({
    heading: "Run it again",
    blocks: [
      {
        kind: "code",
        text: `steadyarm bench run sweep.json --out ${folder.path}\nsteadyarm bench report ${folder.path}`,
      },
      { kind: "text", text: "with this in `sweep.json`:" },
      { kind: "code", text: JSON.stringify(folder.sweep, null, 2) },
    ],
  });
  return {
    page: {
      title: folder.sweep.name,
      lead: lead(folder, comparison),
      facts: facts(folder, outcomes, comparison),
      sections,
    },
    figures,
  };
}

const AGGREGATE_CAPTION =
  "Interquartile mean of success at the end over all tasks and seeds, with its 95 % interval. More is better.";
const IMPROVEMENT_CAPTION =
  "The chance that a run of the best method beats one of another on the same task. An interval that holds 0.5 decides nothing.";
const CURVE_CAPTION =
  "Success in evaluations during training: interquartile mean over seeds, its 95 % band, and each seed as a thin line; rest the pointer on one to see which.";
const PROFILE_CAPTION = "Share of runs with more than a given success at the end, with 95 % bands.";

/** The result in a sentence or two: best first. */
function lead({ sweep }: SweepFolder, { aggregates, tasks }: Comparison): string {
  const ranked = aggregates.toSorted((a, b) => b.interquartileMean.value - a.interquartileMean.value);
  const said = ranked.map(({ method, interquartileMean }) => `${method} ${estimateText(interquartileMean)}`);
  const over = tasks.length === 1 ? tasks[0] : `${tasks.length} tasks`;
  const result =
    said.length === 0 ? "Nothing is complete yet." : `Success at the end on ${over}: ${said.join("; ")}.`;
  return `${sweep.about} ${result}`.trim();
}

function facts(folder: SweepFolder, outcomes: readonly Outcome[], { tasks, methods }: Comparison): Term[] {
  const done = outcomes.filter(({ status }) => status === "done");
  const begun = outcomes.flatMap(({ manifest }) => manifest ?? []);
  const distinct = (values: readonly string[]) => [...new Set(values)].join(", ");
  const seconds = done.reduce((sum, { result }) => sum + (result?.wallSeconds ?? 0), 0);
  const seeds = new Set(outcomes.map(({ job }) => job.seed)).size;
  return [
    {
      term: "runs",
      text: `${done.length} of ${outcomes.length} complete: ${count(tasks.length, "task")} × ${count(methods.length, "method")} × ${count(seeds, "seed")}`,
    },
    { term: "training time", text: `${formatDuration(seconds)}, all runs one after another` },
    { term: "begun", text: folder.created },
    { term: "code", text: folder.code },
    {
      term: "versions",
      text: distinct(
        begun.map(
          ({ versions, engine }) => `steadyarm ${versions["steadyarm"]}, Node ${versions["node"]}, ${engine}`,
        ),
      ),
    },
    {
      term: "machine",
      text: distinct(
        begun.map(({ machine }) => `${machine.cpu}, ${machine.cores} cores, ${machine.platform}`),
      ),
    },
  ].filter(({ text }) => text !== "");
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/** What one method does against another in a line, for terminals. */
export function summaryLines({ aggregates }: Comparison): string[] {
  const width = Math.max(0, ...aggregates.map(({ method }) => method.length));
  const best = aggregates[0]?.interquartileMean.value ?? Number.NaN;
  return aggregates.map(({ method, runs, planned, interquartileMean }, i) => {
    const against =
      i === 0 ? "" : `  ${signed(interquartileMean.value - best, 2)} against ${aggregates[0]?.method}`;
    return `${method.padEnd(width)}  success ${estimateText(interquartileMean)}  ${runs}/${planned} runs${against}`;
  });
}
