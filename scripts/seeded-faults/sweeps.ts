/** @file Faults in sweeps, queues and their reports. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the program.

import { fault, type SeededFault } from "./fault.ts";

const ARCHIVE = "experiments/queue/run-archive.test.ts › ";

export const SWEEP_FAULTS: readonly SeededFault[] = [
  fault(
    "experiments/sweep/comparison.test.ts › renders to one self-contained page with every seed and escaped names",
    "experiments/report/markup.ts",
    '    .replaceAll("<", "&lt;")\n',
    "",
  ),
  fault(
    "experiments/sweep/plan.test.ts › derives the job id from settings, seed and code version",
    "experiments/sweep/plan.ts",
    "const text = `${code} ${canonicalJson(config)}`;",
    "const text = canonicalJson(config);",
  ),
  fault(
    `${ARCHIVE}reject an archive with the path %j and write no files`,
    "experiments/queue/run-archive.ts",
    "path: z.string().regex(SAFE_PATH)",
    "path: z.string()",
  ),
  fault(
    `${ARCHIVE}reject truncated, damaged and other data`,
    "experiments/queue/run-archive.ts",
    'if (await this.#fill()) throw refuse(this.#where, "the end of the packed run", unquoted("more data"));',
    "",
  ),
  fault(
    `${ARCHIVE}stop decompressing data without a list of files`,
    "experiments/queue/run-archive.ts",
    "for (let length = 0; length <= max; ) {",
    "for (let length = 0; ; ) {",
  ),
  fault(
    "experiments/sweep/sweep-folder.test.ts › rejects another code version unless it is allowed, and then keeps the job ids",
    "experiments/sweep/sweep-folder.ts",
    "if (existing.code !== code && !otherCode) {",
    "if (false) {",
  ),
  fault(
    "experiments/sweep/sweep-folder.test.ts › accepts additional seeds and methods, but no removed jobs",
    "experiments/sweep/sweep-folder.ts",
    "if (removed.length > 0) {",
    "if (false) {",
  ),
  fault(
    "experiments/sweep/comparison.test.ts › warns about mixed versions and machines",
    "experiments/sweep/caveats.ts",
    '  compare("processors", ({ machine }) => machine.cpu);\n',
    "",
  ),
  fault(
    "experiments/sweep/comparison.test.ts › counts missing runs and does not aggregate a method without a result on some task",
    "experiments/sweep/comparison.ts",
    "scores.get(method)?.every((runs) => runs.length > 0) === true",
    "scores.has(method)",
  ),
  fault(
    "experiments/sweep/damaged-outcome.test.ts › a torn result or manifest counts as missing, and stops neither the report nor the sweep",
    "experiments/sweep/outcome.ts",
    "    onDamage(error.message);\n    return undefined;",
    "    throw error;",
  ),
  fault(
    "experiments/sweep/sweep-folder.test.ts › stores failed attempts, oldest first",
    "experiments/sweep/sweep-folder.ts",
    "const failures = [...readFailures(sweepPath, jobId), failure];",
    "const failures = [failure];",
  ),
  fault(
    "experiments/queue/connection-monitor.test.ts › logs the loss and the return once each, however many requests fail",
    "experiments/queue/connection-monitor.ts",
    "      if (this.#lost) return;\n",
    "",
  ),
  fault(
    "training/training-pool.integration.test.ts › trains each job once: a second call skips complete jobs",
    "training/training-pool.ts",
    'status: result === undefined ? "waiting" : "done",',
    'status: "waiting",',
  ),
  fault(
    "training/training-pool.integration.test.ts › reports a failed job with its error line and trains the others",
    "training/training-pool.ts",
    'const lines = errorOutput.trim().split("\\n").slice(-3).join("\\n");',
    'const lines = "";',
  ),
  fault(
    "training/training-pool.integration.test.ts › shares its folders with another pool: each job is trained once and none fails",
    "training/training-pool.ts",
    'const lockedByOther = attempt.status === "failed" && isRunLocked(job.run);',
    "const lockedByOther = false;",
  ),
  fault(
    "training/training-pool.integration.test.ts › leaves no running job when the pool is killed",
    "dist/cli/stop-signals.js",
    'const onDisconnect = () => listen("SIGTERM");',
    "const onDisconnect = () => process.exit(1);",
  ),
  fault(
    "experiments/queue/queue-server.integration.test.ts › accepts saves from the newest claim only, and loads what was saved until it is removed",
    "experiments/queue/postgres-run-store.ts",
    "AND generation = $2 RETURNING job",
    "AND generation >= $2 RETURNING job",
  ),
  fault(
    "experiments/queue/queue-server.integration.test.ts › contains a job once, however often it is added, until it is removed",
    "experiments/queue/queue-server.ts",
    "{ jobId: id, attempts, backoff }",
    "{ attempts, backoff }",
  ),
  fault(
    "cli/bench-queue.integration.test.ts › reports an unreachable, wrong or denying server in one line",
    "dist/experiments/queue/server-error.js",
    '    "28P01": "rejected the password",\n',
    "",
  ),
  fault(
    "cli/bench-queue.integration.test.ts › gives the bits of an undisturbed sweep despite a killed worker, a stopped worker and a server restart",
    "dist/experiments/queue/connection-monitor.js",
    "                if (!isLostConnection(error))\n                    throw error;",
    "                throw error;",
  ),
  fault(
    "cli/bench.integration.test.ts › retries a failing job up to the limit over all restarts, and trains the others",
    "dist/experiments/sweep/run-sweep.js",
    "attempts - ignored <= retries",
    "attempts - ignored < retries",
  ),
  fault(
    "cli/bench.integration.test.ts › saves all runs at SIGINT, and reports an incomplete sweep",
    "dist/cli/bench-command.js",
    "            return signals.exitCode();",
    "            return 0;",
  ),
];
