/** @file `steadyarm envs`: lists the environments. */

import { type ActionMeaning, CONTROL_MODES } from "../env/control/action-meaning.ts";
import { describeEnvironments, type EnvironmentSummary } from "../env/registry.ts";
import { parseConfig } from "../shared/config.ts";
import { textTable } from "./text-table.ts";

export async function envsCommand({ json }: { readonly json?: boolean }): Promise<number> {
  const { env } = parseConfig({}, "defaults");
  const byControl = CONTROL_MODES.map((control) => describeEnvironments({ ...env, control }));
  process.stdout.write(
    json === true ? `${JSON.stringify(byControl.flat().flatMap(byReward), null, 2)}\n` : table(byControl),
  );
  return 0;
}

/** Returns an object for each combination of environment, control and reward. */
function byReward({ rewards, ...rest }: EnvironmentSummary) {
  return rewards.map((reward) => ({ ...rest, reward }));
}

/** Returns a table with a row for each environment and control. */
function table(byControl: readonly (readonly EnvironmentSummary[])[]): string {
  const environments = (byControl[0] ?? []).flatMap(({ id }) =>
    byControl.flatMap((summaries) => summaries.filter((summary) => summary.id === id)),
  );
  const rows = environments.map(
    ({ id, control, rewards, observationSize, goalSize, actionSize, maxEpisodeSteps, ...rest }) => [
      id,
      control,
      rewards.join(", "),
      `${observationSize}`,
      `${goalSize}`,
      `${actionSize}`,
      `${maxEpisodeSteps}`,
      meaning(rest.actions),
    ],
  );
  const header = [
    "id",
    "control",
    "rewards",
    "observation",
    "goal",
    "action",
    "steps",
    "meaning of an action of ±1",
  ];
  return `${textTable(header, rows).join("\n")}\n`;
}

/** `torque 21.75, 3 N m`: one amount per element of the action, or a single one if they are equal. */
function meaning(actions: readonly ActionMeaning[]): string {
  const kinds = new Map<string, { readonly of: ActionMeaning; readonly amounts: number[] }>();
  for (const of of actions) {
    const key = `${of.quantity} ${of.unit} ${of.moves === "fingers"}`;
    const kind = kinds.get(key) ?? { of, amounts: [] };
    kinds.set(key, kind);
    kind.amounts.push(Number(of.amount.toPrecision(4)));
  }
  return [...kinds.values()]
    .map(({ of, amounts }) => {
      const listed = new Set(amounts).size === 1 ? amounts.slice(0, 1) : amounts;
      return `${of.quantity} ${listed.join(", ")} ${of.unit}${of.moves === "fingers" ? " of the fingers" : ""}`;
    })
    .join("; ");
}
