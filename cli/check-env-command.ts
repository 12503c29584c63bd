/** @file `steadyarm check-env`: checks an environment against the contract of all environments. */

import { checkEnv, ENV_CHECKS } from "../env/check/check-env.ts";
import { importLines } from "../env/import-lines.ts";
import { importedArm, makeEnv } from "../env/registry.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import { printLines } from "./output.ts";
import { resolveRun } from "./run-config.ts";

export interface CheckEnvFlags {
  readonly control?: string | undefined;
  readonly reward?: string | undefined;
  readonly set?: readonly string[] | undefined;
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
  const other = flags.set?.find((each) => !/^(env|agent\.gamma)\b/.test(each));
  if (other !== undefined)
    throw refuse("--set", "a setting of the environment, env.…, or agent.gamma", other);
  if (id === undefined && flags.set?.some((each) => each.startsWith("env.urdf.file=")) !== true) {
    throw refuse("check-env", "an environment's name, or --set env.urdf.file=<path>", unquoted("neither"));
  }
  const {
    config: { env: config, agent },
    notes,
  } = resolveRun({ ...flags, env: id });
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
