/** @file `steadyarm check-env`: does an environment keep what every environment promises? */

import { checkEnv, ENV_CHECKS } from "../env/check/check-env.ts";
import { leftOutOf, makeEnv } from "../env/registry.ts";
import { InputError } from "../shared/errors.ts";
import { resolveConfig } from "./run-config.ts";

export interface CheckEnvFlags {
  readonly control?: string | undefined;
  readonly reward?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly json?: boolean;
}

/** Exit code where a promise is broken. */
const BROKEN = 1;

/**
 * Checks one environment, saying each check as it ends.
 *
 * @returns 0 if every promise is kept, else 1
 * @throws InputError if there is no such environment or setting
 */
export async function checkEnvCommand(id: string | undefined, flags: CheckEnvFlags): Promise<number> {
  const elsewhere = flags.set?.find((each) => !/^(env|agent\.gamma)\b/.test(each));
  if (elsewhere !== undefined) {
    throw new InputError(`--set ${elsewhere}: expected a setting of the environment, env.…, or agent.gamma`);
  }
  if (id === undefined && flags.set?.some((each) => each.startsWith("env.urdf.file=")) !== true) {
    throw new InputError("check-env: expected an environment's name, or --set env.urdf.file=<path>");
  }
  const { env: config, agent } = resolveConfig({ ...flags, env: id });
  // What cannot be made at all is a person's mistake, not a finding.
  (await makeEnv(config, agent.gamma)).dispose();
  const json = flags.json === true;
  const leftOut = leftOutOf(config);
  if (!json) for (const line of leftOut) process.stdout.write(`left out: ${line}\n`);
  const width = Math.max(...ENV_CHECKS.map(({ name }) => name.length));
  const findings = await checkEnv(
    () => makeEnv(config, agent.gamma),
    (name, finding) => {
      if (!json)
        process.stdout.write(`${name.padEnd(width)}  ${finding === undefined ? "ok" : finding.message}\n`);
    },
  );
  if (json) {
    const checks = ENV_CHECKS.map(({ name }) => name);
    process.stdout.write(
      `${JSON.stringify({ env: config.id, control: config.control, reward: config.reward, ok: findings.length === 0, checks, findings, leftOut })}\n`,
    );
  } else if (findings.length > 0) {
    for (const { check, promise } of findings) process.stdout.write(`\n${check}: ${promise}`);
    process.stdout.write("\n");
  } else process.stdout.write(`${config.id} keeps all ${ENV_CHECKS.length} promises\n`);
  return findings.length === 0 ? 0 : BROKEN;
}
