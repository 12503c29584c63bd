/** @file Paths in settings that come from a policy, a run or a queue: they are opened only with the checksum of what is there. */

import type { RunConfig } from "./config.ts";
import { refuse, unquoted } from "./errors.ts";

/**
 * Throws InputError if settings name a URDF file without its checksum: it could be any file of this machine, and errors
 * about its contents would tell them. `steadyarm train` records the checksum.
 */
export function refuseUncheckedUrdf({ urdf }: Pick<RunConfig["env"], "urdf">, where: string): void {
  if (urdf.file === "" || urdf.sha256 !== "") return;
  throw refuse(
    `${where}: env.urdf.sha256`,
    "the checksum of env.urdf.file",
    unquoted("none"),
    "`steadyarm train` records it",
  );
}

/** Throws InputError as refuseUncheckedUrdf does, and for demonstrations without a checksum. */
export function refuseUncheckedPaths({ env, train }: RunConfig, where: string): void {
  refuseUncheckedUrdf(env, where);
  if (train.demos.folder === "" || train.demos.sha256 !== "") return;
  throw refuse(`${where}: train.demos.sha256`, "the checksum of train.demos.folder", unquoted("none"));
}
