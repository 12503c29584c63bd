/** @file `steadyarm envs`: what there is to learn on. */

import { describeEnvironments, type EnvironmentSummary } from "../env/registry.ts";
import { parseConfig } from "../shared/config.ts";

export async function envsCommand({ json }: { readonly json?: boolean }): Promise<number> {
  const { env } = parseConfig({}, "defaults");
  const environments = describeEnvironments(env);
  process.stdout.write(
    json === true ? `${JSON.stringify(environments.flatMap(byReward), null, 2)}\n` : table(environments),
  );
  return 0;
}

/** One object for each combination that can be asked for. */
function byReward({ rewards, ...rest }: EnvironmentSummary) {
  return rewards.map((reward) => ({ ...rest, reward }));
}

function table(environments: readonly EnvironmentSummary[]): string {
  const rows = environments.map(
    ({ id, control, rewards, observationSize, goalSize, actionSize, maxEpisodeSteps }) => [
      id,
      control,
      rewards.join(", "),
      `${observationSize}`,
      `${goalSize}`,
      `${actionSize}`,
      `${maxEpisodeSteps}`,
    ],
  );
  const header = ["id", "control", "rewards", "observation", "goal", "action", "steps"];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  const actions = environments.map(({ id, actions: joints, controlTimestep }) => {
    const torques = joints.map(({ torque }) => Number(torque.toPrecision(4)));
    return `${id}: an action of ±1 is a torque of ± ${torques.join(", ")} N m, joint by joint, for ${controlTimestep} s`;
  });
  return `${[line(header), ...rows.map(line), "", ...actions].join("\n")}\n`;
}
