/** @file `steadyarm check-env`: checks an environment against the contract of all environments. */

import { checkEnv, ENV_CHECKS } from "../env/check/check-env.ts";
import { importLines } from "../env/import-lines.ts";
import { importedArm, makeEnv } from "../env/registry.ts";
import { type EnvironmentFlags, resolveEnvironment } from "./environment-flags.ts";
import { printLines } from "./output.ts";

export interface CheckEnvFlags extends EnvironmentFlags {
  readonly json?: boolean;
}

/** Exit code if a check fails. */
const FAILED = 1;

/**
 * Checks an environment and prints each check as it ends.
 *
 * @returns 0 if all checks pass, else 1
 * @throws InputError if the environment or a setting is invalid
 */
export async function checkEnvCommand(id: string | undefined, flags: CheckEnvFlags): Promise<number> {
  const {
    config: { env: config, agent },
    notes,
  } = resolveEnvironment("check-env", id, flags);
  // An environment that cannot be created is a user error, not a failed check.
  (await makeEnv(config, agent.gamma)).dispose();
  const json = flags.json === true;
  const { assumed = [], leftOut = [] } = importedArm(config) ?? {};
  if (!json) printLines(process.stdout, [...importLines({ assumed, leftOut }), ...notes]);
  const width = Math.max(...ENV_CHECKS.map(({ name }) => name.length));
  const findings = await checkEnv(
    () => makeEnv(config, agent.gamma),
    (name, finding) => {
      if (!json)
        printLines(process.stdout, [
          `${name.padEnd(width)}  ${finding === undefined ? "ok" : finding.message}`,
        ]);
    },
  );
  if (json) {
    const checks = ENV_CHECKS.map(({ name }) => name);
    process.stdout.write(
      `${JSON.stringify({ env: config.id, control: config.control, reward: config.reward, ok: findings.length === 0, checks, findings, assumed, leftOut, notes })}\n`,
    );
  } else if (findings.length > 0) {
    for (const { check, promise } of findings) process.stdout.write(`\n${check}: ${promise}`);
    process.stdout.write("\n");
  } else printLines(process.stdout, [`${config.id} passes all ${ENV_CHECKS.length} checks`]);
  return findings.length === 0 ? 0 : FAILED;
}
