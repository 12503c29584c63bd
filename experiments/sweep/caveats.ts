/** @file What a reader of a sweep must know before its figures: what is missing, failed, mixed or ended early. */

import type { Outcome } from "./outcome.ts";
import { jobName } from "./plan.ts";

/** Failures told one by one; of more, how many there are. */
const TOLD = 5;

/** Fewest runs of a method on a task that a comparison should rest on (Agarwal et al. 2021; Colas et al. 2018). */
const FEW_RUNS = 5;

/** One sentence for each thing to know; none for a complete sweep of one make. */
export function caveats(outcomes: readonly Outcome[]): readonly string[] {
  return [
    ...incomplete(outcomes),
    ...failed(outcomes),
    ...fewSeeds(outcomes),
    ...early(outcomes),
    ...mixed(outcomes),
  ];
}

function incomplete(outcomes: readonly Outcome[]): string[] {
  const open = outcomes.filter(({ status }) => status === "unfinished" || status === "missing");
  if (open.length === 0) return [];
  const begun = open.filter(({ status }) => status === "unfinished").length;
  return [
    `${open.length} of ${outcomes.length} runs have no result yet (${begun} begun, ${open.length - begun} not): every figure says how many runs it rests on.`,
  ];
}

function failed(outcomes: readonly Outcome[]): string[] {
  const bad = outcomes.filter(({ status }) => status === "failed");
  const again = outcomes.filter(({ status, failures }) => status !== "failed" && failures > 0);
  const lines = bad
    .slice(0, TOLD)
    .map(({ job, failures, error }) => `Failed: ${jobName(job)}, ${times(failures)}: ${firstLine(error)}`);
  if (bad.length > TOLD) lines.push(`${bad.length - TOLD} more runs failed: the table of all runs has them.`);
  if (bad.length > 0) {
    lines.push(
      "A failed run is in no average; the interquartile mean with failures counted as 0 is given beside.",
    );
  }
  if (again.length > 0) {
    lines.push(
      `${again.length} ${again.length === 1 ? "run" : "runs"} failed at first and went on from the last checkpoint: ${again
        .slice(0, TOLD)
        .map(({ job }) => jobName(job))
        .join("; ")}${again.length > TOLD ? "; …" : ""}.`,
    );
  }
  return lines;
}

function fewSeeds(outcomes: readonly Outcome[]): string[] {
  const seeds = new Set(outcomes.map(({ job }) => job.seed)).size;
  return seeds >= FEW_RUNS
    ? []
    : [
        `${seeds} ${seeds === 1 ? "seed" : "seeds"} a method: intervals from fewer than ${FEW_RUNS} runs are too narrow; take differences as hints.`,
      ];
}

function early(outcomes: readonly Outcome[]): string[] {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) {
    const reason = result?.stoppedEarly;
    if (typeof reason === "string") counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(
    ([reason, count]) =>
      `${count} of ${outcomes.length} runs were stopped early as ${reason}; their curves go on level from there.`,
  );
}

/** The same seed gives the same bits on one make of machine and code only. */
function mixed(outcomes: readonly Outcome[]): string[] {
  const begun = outcomes.flatMap(({ manifest }) => manifest ?? []);
  const lines: string[] = [];
  const compare = (what: string, of: (manifest: (typeof begun)[number]) => string | undefined) => {
    const counts = new Map<string, number>();
    for (const manifest of begun) {
      const value = of(manifest) ?? "none";
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (counts.size < 2) return;
    const parts = [...counts].map(([value, count]) => `${value} (${count} runs)`);
    lines.push(`Mixed ${what}: ${parts.join(", ")}.`);
  };
  compare("engines", ({ engine }) => engine);
  for (const name of new Set(begun.flatMap(({ versions }) => Object.keys(versions)))) {
    compare(`versions of ${name}`, ({ versions }) => versions[name]);
  }
  compare("commits", ({ commit }) =>
    commit === null ? "none" : commit.hash.slice(0, 7) + (commit.dirty ? " with changes" : ""),
  );
  compare("processors", ({ machine }) => machine.cpu);
  compare("operating systems", ({ machine }) => `${machine.platform} ${machine.arch}`);
  return lines;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function firstLine(text: string | undefined): string {
  return (text ?? "no reason was given").split("\n")[0] ?? "";
}
