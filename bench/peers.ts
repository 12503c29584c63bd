/**
 * @file Speed beside Stable-Baselines3, SBX and panda-gym; docs/performance.md explains what is compared.
 *
 *     python3 -m venv peers && peers/bin/pip install -r bench/peers/requirements.txt
 *     npm run build && npx tsx bench/peers.ts --python peers/bin/python [--json] [--rounds N]
 *     npx tsx bench/peers.ts --python peers/bin/python --only update | env | train [--collectors N]
 *
 * Contestants take turns, each in its own process on the same core, with one thread where it can be set. Values are
 * medians over rounds: CPU time of updates and steps, wall time of training. A ratio is the peer's time divided by ours,
 * the median over rounds: above 1 we are faster.
 */

import "./help.ts";

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { describeMachine } from "../storage/machine.ts";
import { type Part, peersArguments } from "./peers/arguments.ts";
import { compareSteps } from "./peers/compare-steps.ts";
import { compareTraining } from "./peers/compare-training.ts";
import { compareUpdates } from "./peers/compare-updates.ts";
import type { Row } from "./peers/comparison.ts";
import { canConfine } from "./peers/peer-process.ts";
import { pythonVersions } from "./peers/python-packages.ts";
import { MAIN } from "./steadyarm.ts";

const ROUNDS: Readonly<Record<Part, number>> = { update: 11, env: 7, train: 3 };

const OURS = [process.execPath, "--import=tsx"];

function report(part: Part, rows: readonly Row[], rounds: number, json: boolean): void {
  if (json) {
    for (const row of rows) console.log(JSON.stringify({ bench: "peers", part, ...row, rounds }));
    return;
  }
  console.log(`\n${part}, medians of ${rounds} rounds\n`);
  console.log("| | peer | ours | peer's | ratio | of wall time |\n|---|---|---:|---:|---:|---:|");
  for (const { case: name, peer, ours, theirs, unit, ratio, wallRatio } of rows) {
    const digits = unit === "ms" ? 2 : unit === "s" ? 1 : 0;
    const value = (x: number) => (Number.isFinite(x) ? `${x.toFixed(digits)} ${unit}` : "never");
    const times = (x: number | undefined) => (x === undefined || !Number.isFinite(x) ? "–" : x.toFixed(2));
    const cells = [name, peer, value(ours), value(theirs), times(ratio), times(wallRatio)];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

async function main(): Promise<void> {
  const { python, parts, rounds: given, collectors, json } = peersArguments(process.argv.slice(2));
  const versions = Object.entries(pythonVersions(python)).map(([name, version]) => `${name} ${version}`);
  if (parts.includes("train") && !existsSync(MAIN)) {
    throw refuse(MAIN, "the built program", unquoted("nothing there"), "Build it: npm run build");
  }
  if (!json) {
    const { cpu, cores } = describeMachine();
    console.log(`${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, Node ${process.version}`);
    console.log(versions.join(", "));
    if (!canConfine(1)) console.log("taskset is not available: a process may use more than one core");
  }
  for (const part of parts) {
    const rounds = given ?? ROUNDS[part];
    const training = (cores: number, workers: number) =>
      compareTraining(python, [process.execPath, MAIN, "train"], { cores, collectors: workers, rounds });
    const compare: Readonly<Record<Part, () => Promise<Row[]>>> = {
      update: () => compareUpdates(python, [...OURS, "bench/peers/our-update.ts"], rounds),
      env: () => compareSteps(python, [...OURS, "bench/peers/our-steps.ts"], rounds),
      train: async () => [
        ...(await training(1, 0)),
        ...(availableParallelism() > 1 ? await training(2, collectors) : []),
      ],
    };
    report(part, await compare[part](), rounds, json);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
