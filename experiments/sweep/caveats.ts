/** @file Caveats of a sweep's report: missing and failed runs, few seeds, early stops, mixed software or machines. */

import type { Manifest } from "../../storage/manifest.ts";
import type { Outcome } from "./outcome.ts";
import { jobName } from "./plan.ts";

/** Failed runs listed individually; further ones are only counted. */
const MAX_LISTED = 5;

/** Minimum seeds per method for a reliable comparison (Agarwal et al. 2021; Colas et al. 2018). */
const MIN_SEEDS = 5;

/** One sentence per caveat; empty for a complete sweep from a single code version and machine type. */
export function caveats(outcomes: readonly Outcome[]): readonly string[] {
  return [
    ...incomplete(outcomes),
    ...failed(outcomes),
    ...fewSeeds(outcomes),
    ...stoppedEarly(outcomes),
    ...mixedProvenance(outcomes),
  ];
}

function incomplete(outcomes: readonly Outcome[]): string[] {
  const open = outcomes.filter(({ status }) => status === "unfinished" || status === "missing");
  if (open.length === 0) return [];
  const started = open.filter(({ status }) => status === "unfinished").length;
  return [
    `${open.length} of ${outcomes.length} runs have no result yet (${started} started, ${open.length - started} not started); each table gives the number of runs it includes.`,
  ];
}

function failed(outcomes: readonly Outcome[]): string[] {
  const failedRuns = outcomes.filter(({ status }) => status === "failed");
  const recovered = outcomes.filter(({ status, failures }) => status !== "failed" && failures > 0);
  const lines = failedRuns
    .slice(0, MAX_LISTED)
    .map((run) => `Failed: ${jobName(run.job)}, ${times(run.failures)}: ${firstLine(run.error)}`);
  if (failedRuns.length > MAX_LISTED) {
    lines.push(
      `${failedRuns.length - MAX_LISTED} more runs failed; they are listed in the table of all runs.`,
    );
  }
  if (failedRuns.length > 0) {
    lines.push(
      'Failed runs are excluded from all averages. The column "failures as 0" gives the interquartile mean with each failed run counted as 0.',
    );
  }
  if (recovered.length > 0) {
    lines.push(
      `${recovered.length} ${recovered.length === 1 ? "run" : "runs"} failed at first and resumed from the last checkpoint: ${recovered
        .slice(0, MAX_LISTED)
        .map(({ job }) => jobName(job))
        .join("; ")}${recovered.length > MAX_LISTED ? "; …" : ""}.`,
    );
  }
  return lines;
}

function fewSeeds(outcomes: readonly Outcome[]): string[] {
  const seeds = new Set(outcomes.map(({ job }) => job.seed)).size;
  return seeds >= MIN_SEEDS
    ? []
    : [
        `Only ${seeds} ${seeds === 1 ? "seed" : "seeds"} per method: intervals from fewer than ${MIN_SEEDS} runs are too narrow, so differences are indicative only.`,
      ];
}

function stoppedEarly(outcomes: readonly Outcome[]): string[] {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) {
    const reason = result?.stoppedEarly;
    if (typeof reason === "string") counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(
    ([reason, count]) =>
      `${count} of ${outcomes.length} runs were stopped early as ${reason}; their curves are extended with the last evaluation.`,
  );
}

/** A seed determines the result only for the same code, packages, engine and processor type. */
function mixedProvenance(outcomes: readonly Outcome[]): string[] {
  const manifests = outcomes.flatMap(({ manifest }) => manifest ?? []);
  const lines: string[] = [];
  const compare = (what: string, of: (manifest: Manifest) => string | undefined) => {
    const counts = new Map<string, number>();
    for (const manifest of manifests) {
      const value = of(manifest) ?? "none";
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (counts.size < 2) return;
    const parts = [...counts].map(([value, count]) => `${value} (${count} runs)`);
    lines.push(`Mixed ${what}: ${parts.join(", ")}.`);
  };
  compare("engines", ({ engine }) => engine);
  for (const name of new Set(manifests.flatMap(({ versions }) => Object.keys(versions)))) {
    compare(`versions of ${name}`, ({ versions }) => versions[name]);
  }
  compare("commits", ({ commit }) =>
    commit === null ? "none" : commit.hash.slice(0, 7) + (commit.dirty ? " with local changes" : ""),
  );
  compare("processors", ({ machine }) => machine.cpu);
  compare("operating systems", ({ machine }) => `${machine.platform} ${machine.arch}`);
  return lines;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function firstLine(text: string | undefined): string {
  return (text ?? "no error message").split("\n")[0] ?? "";
}
