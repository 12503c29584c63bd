/** @file The words, flags and help of `steadyarm bench` and `steadyarm tune`. */

import type { Command } from "commander";
import { SUITE_NAMES } from "../experiments/sweep/suites.ts";

const WHAT = `built-in suite (${SUITE_NAMES.join(", ")}), or a YAML or JSON file (docs/benchmarks.md)`;

const EXAMPLES = `
Examples:
  steadyarm bench plan quick                     what it would run
  steadyarm bench run quick                      run it, a job a core; the same command goes on after a kill
  steadyarm bench report sweeps/quick            one HTML page, Markdown, CSV and figures
  steadyarm bench run my.yaml --queue postgres://user:secret@db/steadyarm
  steadyarm bench worker --queue postgres://…    on each machine that shall help
  steadyarm bench run my.yaml --shard 3/8        the third of eight parts, on a disk that all of them share`;

/** Adds `tune`; `end` is told the exit code. */
export function addTuneCommand(program: Command, end: (code: number) => void): void {
  program
    .command("tune")
    .summary("search for better settings")
    .description(
      "Successive halving: many trials for few steps, the best of them for more. Ctrl-C saves; the same command goes on.",
    )
    .argument("<file>", "YAML or JSON file: what may vary, and seeds (docs/benchmarks.md)")
    .option("--plan", "print trials and rounds, and train nothing")
    .option("--out <folder>", "the search's folder; default tunes/<name>")
    .option("--jobs <n>", "runs at a time; default one a core")
    .option("--retries <n>", "attempts at a job beyond the first, over all restarts", "2")
    .option("--retry-failed", "give jobs that used up their attempts as many again")
    .option("--other-code", "go on with a search that was begun with other code")
    .option(
      "--queue [url]",
      "put the jobs into a queue for bench worker; without a URL, STEADYARM_QUEUE has it",
    )
    .action(async (file: string, flags) => {
      const { tuneCommand } = await import("./tune-command.ts");
      end(await tuneCommand(file, flags));
    });
}

/** Adds `bench` and what stands below it; `end` is told the exit code. */
export function addBenchCommands(program: Command, end: (code: number) => void): void {
  const bench = program
    .command("bench")
    .summary("compare methods over tasks and seeds")
    .description("Train every task × method × seed of a sweep, and compare them with real statistics.")
    .helpCommand(false)
    .addHelpText("after", EXAMPLES);

  bench
    .command("plan")
    .summary("print a sweep's jobs")
    .description("Print the jobs of a sweep, and train nothing.")
    .argument("<sweep>", WHAT)
    .option("--seeds <list>", "instead of the sweep's own, such as 1-10 or 1,2,5")
    .option("--shard <i/n>", "only this part of the jobs, 1/n to n/n")
    .option("--json", "print a JSON array with every job's settings")
    .action(async (sweep: string, flags) => {
      const { benchPlanCommand } = await import("./bench-command.ts");
      end(await benchPlanCommand(sweep, flags));
    });

  bench
    .command("run")
    .summary("train a sweep's jobs")
    .description(
      "Train what a sweep has not trained yet, each job in a process of its own. Ctrl-C saves; the same command goes on.",
    )
    .argument("<sweep>", WHAT)
    .option("--out <folder>", "the sweep's folder; default sweeps/<name>")
    .option("--seeds <list>", "instead of the sweep's own, such as 1-10 or 1,2,5")
    .option("--jobs <n>", "runs at a time; default one a core")
    .option("--shard <i/n>", "only this part of the jobs, 1/n to n/n")
    .option("--retries <n>", "attempts at a job beyond the first, over all restarts", "2")
    .option("--retry-failed", "give jobs that used up their attempts as many again")
    .option("--other-code", "go on with a sweep that was begun with other code; the report says so")
    .option(
      "--queue [url]",
      "put the jobs into a queue on this server, redis:// or postgres://, for bench worker; without a URL, STEADYARM_QUEUE has it",
    )
    .option("--json", "print how each job stands as JSON on stdout; progress goes to stderr")
    .action(async (sweep: string, flags) => {
      const { benchRunCommand } = await import("./bench-command.ts");
      end(await benchRunCommand(sweep, flags));
    });

  bench
    .command("worker")
    .summary("train jobs off a queue")
    .description(
      "Take jobs that bench run --queue put in, on any machine that reaches the server. Ctrl-C saves and gives them back.",
    )
    .option(
      "--queue [url]",
      "the queue's server, redis:// or postgres://; without a URL, STEADYARM_QUEUE has it",
    )
    .option("--jobs <n>", "runs at a time; default one a core")
    .option("--lease <seconds>", "the job of a worker that is silent for so long is another's", "30")
    .option("--save-every <seconds>", "how often running jobs are kept on the server", "30")
    .option("--scratch <folder>", "where runs under way are; default the system's temporary folder")
    .action(async (flags) => {
      const { benchWorkerCommand } = await import("./bench-worker-command.ts");
      end(await benchWorkerCommand(flags));
    });

  bench
    .command("report")
    .summary("compare what a sweep found")
    .description("Write report.html, report.md, runs.csv and figures/ from what is complete so far.")
    .argument("<folder>", "the sweep's folder")
    .option("--out <folder>", "where to write them; default the sweep's folder")
    .action(async (folder: string, flags) => {
      const { benchReportCommand } = await import("./bench-command.ts");
      end(await benchReportCommand(folder, flags));
    });
}
