/** @file Environment steps per second beside panda-gym's: random actions, a reset every 50 steps. */

import { compareTimes, type Row, takeTurns } from "./comparison.ts";
import { PeerProcess } from "./peer-process.ts";

/** Steps of each measurement. */
const STEPS = 500;
const WARM_UP = 2;

const TASKS = [
  { id: "panda-reach", peer: "PandaReach-v3" },
  { id: "panda-push", peer: "PandaPush-v3" },
  { id: "panda-gripper-pick-and-place", peer: "PandaPickAndPlace-v3" },
] as const;

/**
 * Returns the steps per second of CPU time of our environments under two controls and of panda-gym's, on one core.
 *
 * @param ours command that starts our-steps.ts
 */
export async function compareSteps(python: string, ours: readonly string[], rounds: number): Promise<Row[]> {
  const steadyarm = new PeerProcess("our-steps.ts", ours, 1);
  const pandaGym = new PeerProcess("steps.py", [python, "bench/peers/steps.py"], 1);
  const rows: Row[] = [];
  try {
    for (const { id, peer } of TASKS) {
      const results = await takeTurns(
        {
          ee: () => steadyarm.measure({ env: id, control: "ee", count: STEPS }),
          torque: () => steadyarm.measure({ env: id, control: "torque", count: STEPS }),
          peer: () => pandaGym.measure({ env: peer, count: STEPS }),
        },
        { rounds, warmUp: WARM_UP },
      );
      for (const control of ["ee", "torque"] as const) {
        const { ours, theirs, ...ratios } = compareTimes(results(control), results("peer"));
        const values = { ours: STEPS / ours, theirs: STEPS / theirs };
        rows.push({ case: `${id}, ${control}`, peer, unit: "steps/s", ...values, ...ratios });
      }
    }
  } finally {
    await Promise.all([steadyarm, pandaGym].map((each) => each.end()));
  }
  return rows;
}
