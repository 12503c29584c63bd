/** @file Report of a sweep: one content model for the HTML page, the Markdown and the figure files. */

import { formatDuration } from "../../training/progress-line.ts";
import { signed } from "../report/number-text.ts";
import type { Block, ReportPage, Section, Term } from "../report/page.ts";
import { caveats } from "./caveats.ts";
import type { Comparison } from "./comparison.ts";
import type { Outcome } from "./outcome.ts";
import { aggregateFigure, curveFigure, improvementFigure, profileFigure } from "./sweep-figures.ts";
import type { SweepFolder } from "./sweep-folder.ts";
import { aggregateTable, estimateText, improvementTable, runTable, taskTable } from "./sweep-tables.ts";

const DEFINITIONS: readonly Term[] = [
  {
    term: "success",
    text: "Final success rate: share of evaluation episodes after training, without exploration noise, in which the goal is achieved at the last step.",
  },
  { term: "success once", text: "Share of the same episodes in which the goal is achieved at any step." },
  {
    term: "interquartile mean",
    text: "Mean of the middle half of all runs. It is robust to single lucky or unlucky seeds, and uses more runs than the median. Agarwal et al. 2021, arXiv:2108.13264.",
  },
  {
    term: "[low, high]",
    text: "95 % stratified percentile bootstrap interval: seeds are resampled with replacement within each task, 50,000 times (10,000 for single tasks and probabilities, 2,000 for curves and profiles).",
  },
  { term: "optimality gap", text: "Mean shortfall of the runs from a success rate of 1." },
  {
    term: "probability of improvement",
    text: "Probability that a run of the first method beats a run of the second on the same task. A tie counts half, so 0.5 is no difference.",
  },
  {
    term: "performance profile",
    text: "Share of runs above each success rate τ. A curve that lies above another at every τ is better for every requirement.",
  },
  {
    term: "steps to 0.95",
    text: "Median over seeds of the step of the first evaluation at 0.95 or above; `never` if half of the seeds have none.",
  },
  {
    term: "oscillation",
    text: "Standard deviation of the evaluations in the last half of training, averaged over seeds; 0 for a policy whose success rate is constant.",
  },
];

const AGGREGATE_CAPTION =
  "Interquartile mean of the final success rate over all tasks and seeds, with 95 % intervals. Higher is better.";
const IMPROVEMENT_CAPTION =
  "Probability that a run of the best method beats a run of each other method on the same task, with 95 % intervals. An interval that contains 0.5 is inconclusive.";
const CURVE_CAPTION =
  "Success rate of the evaluations during training: interquartile mean over seeds with a 95 % band. Thin lines are single seeds; hover over one to see its seed.";
const PROFILE_CAPTION = "Share of runs whose final success rate is above τ, with 95 % bands.";

/** Builds the report from the results so far; equal outcomes give equal text. */
export function reportSweep(
  folder: SweepFolder,
  outcomes: readonly Outcome[],
  comparison: Comparison,
): ReportPage {
  const { tasks, methods, aggregates, improvements } = comparison;
  const warnings = caveats(outcomes);
  const sections: Section[] = [];
  if (warnings.length > 0) {
    sections.push({ heading: "Caveats", blocks: warnings.map((text) => ({ kind: "text", text })) });
  }
  const overall: Block[] = [];
  if (aggregates.length > 0) {
    overall.push(figure("success", aggregateFigure(comparison), AGGREGATE_CAPTION));
    overall.push(aggregateTable(comparison));
  } else overall.push({ kind: "text", text: "No method has a result on every task yet." });
  if (improvements.length > 0) {
    overall.push(figure("improvement", improvementFigure(comparison), IMPROVEMENT_CAPTION));
    if (methods.length > 2) {
      overall.push({ kind: "details", summary: "All pairs", blocks: [improvementTable(comparison)] });
    }
  }
  sections.push({ heading: tasks.length > 1 ? "All tasks" : "Result", blocks: overall });
  tasks.forEach((task, i) => {
    const id = tasks.length > 1 ? `curves-${i + 1}` : "curves";
    sections.push({
      heading: task,
      blocks: [figure(id, curveFigure(comparison, task), CURVE_CAPTION), taskTable(comparison, task)],
    });
  });
  if (aggregates.length > 0) {
    sections.push({
      heading: "Performance profiles",
      blocks: [figure("profiles", profileFigure(comparison), PROFILE_CAPTION)],
    });
  }
  sections.push({
    heading: "All runs",
    blocks: [{ kind: "details", summary: `${outcomes.length} runs`, blocks: [runTable(outcomes)] }],
  });
  sections.push({ heading: "Definitions", blocks: [{ kind: "terms", terms: DEFINITIONS }] });
  sections.push({
    heading: "Reproduce",
    blocks: [
      {
        kind: "code",
        text: `steadyarm bench run sweep.json --out ${folder.path}\nsteadyarm bench report ${folder.path}`,
      },
      { kind: "text", text: "with this `sweep.json`:" },
      { kind: "code", text: JSON.stringify(folder.sweep, null, 2) },
    ],
  });
  return {
    title: folder.sweep.name,
    lead: lead(folder, comparison),
    facts: facts(folder, outcomes, comparison),
    sections,
  };
}

function figure(id: string, svg: string, caption: string): Block {
  return { kind: "figure", figure: { id, svg, caption } };
}

/** The result in a sentence or two, best method first. */
function lead({ sweep }: SweepFolder, { aggregates, tasks }: Comparison): string {
  const ranked = aggregates.toSorted((a, b) => b.interquartileMean.value - a.interquartileMean.value);
  const scores = ranked.map(
    ({ method, interquartileMean }) => `${method} ${estimateText(interquartileMean)}`,
  );
  const scope = tasks.length === 1 ? tasks[0] : `${tasks.length} tasks`;
  const result =
    scores.length === 0 ? "No results yet." : `Final success rate on ${scope}: ${scores.join("; ")}.`;
  return `${sweep.about} ${result}`.trim();
}

function facts(folder: SweepFolder, outcomes: readonly Outcome[], { tasks, methods }: Comparison): Term[] {
  const done = outcomes.filter(({ status }) => status === "done");
  const manifests = outcomes.flatMap(({ manifest }) => manifest ?? []);
  const distinct = (values: readonly string[]) => [...new Set(values)].join(", ");
  const seconds = done.reduce((sum, { result }) => sum + (result?.wallSeconds ?? 0), 0);
  const seeds = new Set(outcomes.map(({ job }) => job.seed)).size;
  return [
    {
      term: "runs",
      text: `${done.length} of ${outcomes.length} complete: ${count(tasks.length, "task")} × ${count(methods.length, "method")} × ${count(seeds, "seed")}`,
    },
    { term: "training time", text: `${formatDuration(seconds)}, summed over runs` },
    { term: "started", text: folder.created },
    { term: "code version", text: folder.code },
    {
      term: "versions",
      text: distinct(
        manifests.map(
          ({ versions, engine }) => `steadyarm ${versions["steadyarm"]}, Node ${versions["node"]}, ${engine}`,
        ),
      ),
    },
    {
      term: "machine",
      text: distinct(
        manifests.map(({ machine }) => `${machine.cpu}, ${machine.cores} cores, ${machine.platform}`),
      ),
    },
  ].filter(({ text }) => text !== "");
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** One line per method for terminals: its interquartile mean, its runs, and the difference from the first method. */
export function summaryLines({ aggregates }: Comparison): string[] {
  const width = Math.max(0, ...aggregates.map(({ method }) => method.length));
  const reference = aggregates[0]?.interquartileMean.value ?? Number.NaN;
  return aggregates.map(({ method, runs, planned, interquartileMean }, i) => {
    const difference =
      i === 0 ? "" : `  ${signed(interquartileMean.value - reference, 2)} against ${aggregates[0]?.method}`;
    return `${method.padEnd(width)}  success ${estimateText(interquartileMean)}  ${runs}/${planned} runs${difference}`;
  });
}
