/** @file The time of one DDPG update beside SB3's and SBX's: batch 256, 26 inputs, 7 actions, one critic. */

import { compareTimes, type Row, takeTurns } from "./comparison.ts";
import { PeerProcess } from "./peer-process.ts";

/** Updates of each measurement: one call of SBX with 50. */
const UPDATES = 50;
const WARM_UP = 2;

const SHAPES = [
  { name: "2×64", hidden: [64, 64] },
  { name: "2×256", hidden: [256, 256] },
  { name: "3×256", hidden: [256, 256, 256] },
] as const;

/**
 * Returns the milliseconds of CPU time of an update, on one core.
 *
 * @param ours command that starts our-update.ts
 */
export async function compareUpdates(
  python: string,
  ours: readonly string[],
  rounds: number,
): Promise<Row[]> {
  const script = "bench/peers/update.py";
  const steadyarm = new PeerProcess("our-update.ts", ours, 1);
  const sb3 = new PeerProcess("update.py sb3", [python, script, "sb3"], 1);
  const sbx = new PeerProcess("update.py sbx", [python, script, "sbx"], 1);
  const rows: Row[] = [];
  try {
    for (const { name, hidden } of SHAPES) {
      const request = { hidden, count: UPDATES };
      const results = await takeTurns(
        {
          steadyarm: () => steadyarm.measure({ ...request, withHer: false }),
          SB3: () => sb3.measure({ ...request, perCall: 1 }),
          "SBX, 1 a call": () => sbx.measure({ ...request, perCall: 1 }),
          "SBX, 50 a call": () => sbx.measure({ ...request, perCall: UPDATES }),
          "steadyarm with HER, normalised inputs": () => steadyarm.measure({ ...request, withHer: true }),
        },
        { rounds, warmUp: WARM_UP },
      );
      const milliseconds = (seconds: number) => (1000 * seconds) / UPDATES;
      for (const peer of [
        "SB3",
        "SBX, 1 a call",
        "SBX, 50 a call",
        "steadyarm with HER, normalised inputs",
      ] as const) {
        const { ours, theirs, ...ratios } = compareTimes(results("steadyarm"), results(peer));
        const values = { ours: milliseconds(ours), theirs: milliseconds(theirs) };
        rows.push({ case: name, peer, unit: "ms", ...values, ...ratios });
      }
    }
  } finally {
    await Promise.all([steadyarm, sb3, sbx].map((each) => each.end()));
  }
  return rows;
}
