/** @file Paths in settings that come from a policy, a run or a queue: they are opened only with the checksum of what is there. */

import type { RunConfig } from "./config.ts";
import { refuse, unquoted } from "./errors.ts";

/**
 * Throws InputError if settings name a robot file or a module without its checksum: it could be any file of this machine,
 * errors about its contents would tell them, and a module would be run. `steadyarm train` records the checksum.
 */
export function refuseUncheckedEnv(
  env: Partial<Pick<RunConfig["env"], "urdf" | "module">>,
  where: string,
): void {
  for (const name of ["urdf", "module"] as const) {
    const { file, sha256 } = env[name] ?? { file: "", sha256: "" };
    if (file === "" || sha256 !== "") continue;
    throw refuse(
      `${where}: env.${name}.sha256`,
      `the checksum of env.${name}.file`,
      unquoted("none"),
      "`steadyarm train` records it",
    );
  }
}

/** Throws InputError as refuseUncheckedEnv does, and for demonstrations without a checksum. */
export function refuseUncheckedPaths({ env, train }: RunConfig, where: string): void {
  refuseUncheckedEnv(env, where);
  if (train.demos.folder === "" || train.demos.sha256 !== "") return;
  throw refuse(`${where}: train.demos.sha256`, "the checksum of train.demos.folder", unquoted("none"));
}
