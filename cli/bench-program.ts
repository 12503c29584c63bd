/** @file Declares `steadyarm bench` and `steadyarm tune` with their flags and help. */

import type { Command } from "commander";
import { SUITE_NAMES } from "../experiments/sweep/suites.ts";

const SWEEP = `built-in suite (${SUITE_NAMES.join(", ")}), or a YAML or JSON file (docs/benchmarks.md)`;

const EXAMPLES = `
Examples:
  steadyarm bench plan quick                     list the jobs of the suite "quick"
  steadyarm bench run quick                      run them, one job per core; the same command resumes
  steadyarm bench report sweeps/quick            write HTML, Markdown, CSV and figures
  steadyarm bench run my.yaml --queue postgres://user:secret@db/steadyarm
  steadyarm bench worker --queue postgres://…    on each machine that runs jobs
  steadyarm bench run my.yaml --shard 3/8        the third of eight parts, all writing to a shared disk`;

/** Adds `tune`; `end` receives the exit code. */
export function addTuneCommand(program: Command, end: (code: number) => void): void {
  program
    .command("tune")
    .summary("search for better settings")
    .description(
      "Search settings by successive halving: many trials with few steps, then the best of them with more. Ctrl-C saves; the same command resumes.",
    )
    .argument("<file>", "YAML or JSON file with search space and seeds (docs/benchmarks.md)")
    .option("--plan", "print trials and rounds without training")
    .option("--out <folder>", "folder of the search; default tunes/<name>")
    .option("--jobs <n>", "runs at a time; default one per core")
    .option("--retries <n>", "retries of a failed job, over all restarts", "2")
    .option("--retry-failed", "retry jobs that have used up their retries")
    .option("--other-code", "resume a search that was started with another version of the code")
    .option("--queue [url]", "add the jobs to a queue for bench worker; the URL defaults to STEADYARM_QUEUE")
    .action(async (file: string, flags) => {
      const { tuneCommand } = await import("./tune-command.ts");
      end(await tuneCommand(file, flags));
    });
}

/** Adds `bench` and its commands; `end` receives the exit code. */
export function addBenchCommands(program: Command, end: (code: number) => void): void {
  const bench = program
    .command("bench")
    .summary("compare methods over tasks and seeds")
    .description("Train every task × method × seed of a sweep and compare them, with confidence intervals.")
    .helpCommand(false)
    .addHelpText("after", EXAMPLES);

  bench
    .command("plan")
    .summary("list a sweep's jobs")
    .description("List the jobs of a sweep without training.")
    .argument("<sweep>", SWEEP)
    .option("--seeds <list>", "in place of the sweep's seeds, such as 1-10 or 1,2,5")
    .option("--shard <i/n>", "only this part of the jobs, 1/n to n/n")
    .option("--json", "print a JSON array with the settings of every job")
    .action(async (sweep: string, flags) => {
      const { benchPlanCommand } = await import("./bench-command.ts");
      end(await benchPlanCommand(sweep, flags));
    });

  bench
    .command("run")
    .summary("train a sweep's jobs")
    .description(
      "Train the jobs of a sweep that are not complete, each in its own process. Ctrl-C saves; the same command resumes.",
    )
    .argument("<sweep>", SWEEP)
    .option("--out <folder>", "folder of the sweep; default sweeps/<name>")
    .option("--seeds <list>", "in place of the sweep's seeds, such as 1-10 or 1,2,5")
    .option("--jobs <n>", "runs at a time; default one per core")
    .option("--shard <i/n>", "only this part of the jobs, 1/n to n/n")
    .option("--retries <n>", "retries of a failed job, over all restarts", "2")
    .option("--retry-failed", "retry jobs that have used up their retries")
    .option(
      "--other-code",
      "resume a sweep that was started with another version of the code; the report mentions it",
    )
    .option(
      "--queue [url]",
      "add the jobs to a queue for bench worker, on a redis:// or postgres:// server; the URL defaults to STEADYARM_QUEUE",
    )
    .option("--json", "print the status of each job as JSON on stdout; progress goes to stderr")
    .action(async (sweep: string, flags) => {
      const { benchRunCommand } = await import("./bench-command.ts");
      end(await benchRunCommand(sweep, flags));
    });

  bench
    .command("worker")
    .summary("train jobs from a queue")
    .description(
      "Train jobs that bench run --queue added, on any machine that reaches the server. Ctrl-C saves them and returns them to the queue.",
    )
    .option(
      "--queue [url]",
      "server of the queue, redis:// or postgres://; the URL defaults to STEADYARM_QUEUE",
    )
    .option("--jobs <n>", "runs at a time; default one per core")
    .option(
      "--lease <seconds>",
      "a job goes to another worker when its worker has not been heard from for this long",
      "30",
    )
    .option(
      "--save-every <seconds>",
      "how often checkpoints of running jobs are uploaded to the server",
      "30",
    )
    .option("--scratch <folder>", "folder of running jobs; default the system's temporary folder")
    .action(async (flags) => {
      const { benchWorkerCommand } = await import("./bench-worker-command.ts");
      end(await benchWorkerCommand(flags));
    });

  bench
    .command("report")
    .summary("compare the results of a sweep")
    .description("Write report.html, report.md, runs.csv and figures/ from the runs that are complete.")
    .argument("<folder>", "folder of the sweep")
    .option("--out <folder>", "where to write them; default the folder of the sweep")
    .action(async (folder: string, flags) => {
      const { benchReportCommand } = await import("./bench-command.ts");
      end(await benchReportCommand(folder, flags));
    });
}
