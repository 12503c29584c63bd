/** @file The wall time to the first evaluation at 0.95 beside SB3's DDPG + HER: reaching by tool displacements. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { internal } from "../../shared/errors.ts";
import { median } from "../../shared/statistics.ts";
import { SOLVED } from "../../training/early-stop.ts";
import { successCurve } from "../run-curves.ts";
import { type Row, ratioOf, takeTurns } from "./comparison.ts";
import { PeerProcess } from "./peer-process.ts";

const STEPS = 20_000;

/** Infinite if no evaluation reaches 0.95. */
interface Solved {
  /** Seconds from the start of the process until the evaluation is reported. */
  readonly total: number;
  /** The same from the start of training. */
  readonly training: number;
  /** CPU time until then: less affected by other load than `total`, and equal to it on one quiet core. */
  readonly cpu: number;
  /** Steps before that evaluation. */
  readonly steps: number;
}

const NEVER: Solved = {
  total: Number.POSITIVE_INFINITY,
  training: Number.POSITIVE_INFINITY,
  cpu: Number.POSITIVE_INFINITY,
  steps: Number.POSITIVE_INFINITY,
};

const Started = z.strictObject({ started: z.literal(true) });
const Evaluated = z.strictObject({ step: z.int().positive(), successRate: z.number().min(0).max(1) });

/**
 * Returns seconds and steps to the first 0.95; round r trains with seed r + 1.
 *
 * @param cores      confines each process; SB3's PyTorch has as many threads
 * @param collectors `train.collectors` of our training
 */
export async function compareTraining(
  python: string,
  ours: readonly string[],
  {
    cores,
    collectors,
    rounds,
  }: { readonly cores: number; readonly collectors: number; readonly rounds: number },
): Promise<Row[]> {
  const results = await takeTurns(
    {
      steadyarm: (round) => trainOurs(ours, round + 1, cores, collectors),
      sb3: (round) => trainSb3(python, round + 1, cores),
    },
    { rounds, warmUp: 0 },
  );
  const where = cores === 1 ? "1 core" : `${cores} cores, collectors ${collectors}`;
  const rows = [
    ["total", "s", `${where}: to the first 0.95`],
    ["training", "s", `${where}: without start-up`],
    ["cpu", "s", `${where}: CPU time`],
    ["steps", "steps", `${where}: steps`],
  ] as const;
  return rows.map(([figure, unit, name]) => {
    const [mine, theirs] = (["steadyarm", "sb3"] as const).map((each) => results(each).map((x) => x[figure]));
    const values = { ours: median(mine ?? []), theirs: median(theirs ?? []) };
    return { case: name, peer: "SB3 DDPG + HER", unit, ...values, ratio: ratioOf(mine ?? [], theirs ?? []) };
  });
}

/** Trains until training stops itself after the first evaluation at 0.95. */
async function trainOurs(
  ours: readonly string[],
  seed: number,
  cores: number,
  collectors: number,
): Promise<Solved> {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-peers-"));
  const run = join(folder, "run");
  const settings = [
    "agent.hidden=[64,64]",
    "train.evaluateEvery=1000",
    `train.collectors=${collectors}`,
    // End soon after the first evaluation at 0.95.
    ...["train.stopConverged=1", "train.finalEpisodes=1", "train.holdSeconds=0"],
  ];
  const flags = [
    "--preset",
    "ddpg-her",
    "--control",
    "ee",
    "--steps",
    `${STEPS}`,
    "--seed",
    `${seed}`,
    "--out",
    run,
  ];
  const command = [...ours, ...flags, ...settings.flatMap((setting) => ["--set", setting])];
  const start = performance.now();
  const child = new PeerProcess("steadyarm train", command, cores);
  try {
    await child.nextLine();
    const started = performance.now();
    for (;;) {
      const line = await child.nextLine();
      if (line.startsWith("success_rate")) return NEVER;
      const success = /\bsuccess (\d\.\d\d)/.exec(line)?.[1];
      if (success === undefined || Number(success) < SOLVED) continue;
      const now = performance.now();
      const cpu = child.cpuSeconds();
      while (!(await child.nextLine()).startsWith("success_rate"));
      const steps = successCurve(run).find(({ rate }) => rate >= SOLVED)?.step;
      if (steps === undefined) throw internal(`${run}: no evaluation at ${SOLVED}, but it was printed`);
      return { total: (now - start) / 1000, training: (now - started) / 1000, cpu, steps };
    }
  } finally {
    await child.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function trainSb3(python: string, seed: number, cores: number): Promise<Solved> {
  const start = performance.now();
  const command = [python, "bench/peers/train.py", `${seed}`, `${cores}`];
  const child = new PeerProcess("train.py", command, cores);
  try {
    await child.nextMessage(Started);
    const started = performance.now();
    for (;;) {
      const { step, successRate } = await child.nextMessage(Evaluated);
      const now = performance.now();
      if (successRate >= SOLVED) {
        const cpu = child.cpuSeconds();
        return { total: (now - start) / 1000, training: (now - started) / 1000, cpu, steps: step };
      }
      if (step >= STEPS) return NEVER;
    }
  } finally {
    await child.end();
  }
}
