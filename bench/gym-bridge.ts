/**
 * @file Steps per second of the Gymnasium bridge beside those in one process; Linux.
 *
 *     python3 -m venv peers && peers/bin/pip install ./python/steadyarm_gym
 *     npm run build && npx tsx bench/gym-bridge.ts --python peers/bin/python [--env panda-reach,panda-push] [--rounds N] [--json]
 *
 * Both take the same number of random actions in turn, with a reset every 50 steps. Ratios are the bridge's rate divided
 * by ours in process, medians over rounds: of wall time, and of the CPU time of all processes.
 */

import "./help.ts";

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { InputError } from "../shared/errors.ts";
import { compareTimes, takeTurns } from "./peers/comparison.ts";
import { PeerProcess } from "./peers/peer-process.ts";
import { MAIN } from "./steadyarm.ts";

/** Steps of each measurement. The CPU time of child processes is counted in hundredths of a second. */
const STEPS = 2000;
/** Rounds, which the WebAssembly compiler needs to optimise the physics. */
const WARM_UP = 5;

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    env: { type: "string", default: "panda-reach,panda-push,planar2-reach" },
    control: { type: "string", default: "torque" },
    rounds: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
  },
});

async function measure(env: string): Promise<void> {
  const request = { env, control: values.control, count: STEPS };
  const local = new PeerProcess(
    "our-steps.ts",
    [process.execPath, "--import=tsx", "bench/peers/our-steps.ts"],
    2,
  );
  const python = values.python.includes("/") ? resolve(values.python) : values.python;
  const bridge = new PeerProcess("bridge_steps.py", [python, "bench/peers/bridge_steps.py"], 2);
  try {
    const contestants = { local: () => local.measure(request), bridge: () => bridge.measure(request) };
    const results = await takeTurns(contestants, { rounds: Number(values.rounds), warmUp: WARM_UP });
    const { ratio, wallRatio } = compareTimes(results("bridge"), results("local"));
    const rates = results("bridge").map(({ seconds }) => STEPS / seconds);
    const row = {
      bench: "gym-bridge",
      env,
      control: values.control,
      ratio: wallRatio,
      cpuRatio: ratio,
      rates,
    };
    console.log(
      values.json
        ? JSON.stringify(row)
        : `${env.padEnd(30)} ${values.control}: ${wallRatio.toFixed(2)} of the rate in process, ${ratio.toFixed(2)} by CPU time`,
    );
  } finally {
    await Promise.all([local.end(), bridge.end()]);
  }
}

process.env["STEADYARM"] ??= `"${process.execPath}" "${MAIN}"`;
try {
  for (const env of values.env.split(",")) await measure(env);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
