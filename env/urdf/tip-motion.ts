/** @file Whether an arm's joints move its tip. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";
import { setFlags } from "../../shared/shell-quote.ts";
import { distance } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import type { Chain } from "./urdf-chain.ts";

const POSTURES = 16;

/** A tip that moves less than this does not move, metres. */
const MIN_TRAVEL = 1e-3;

/** Throws InputError if the tip stays where it is in all of some random postures. */
export function checkTipMoves(model: ArmModel, { tipLink, ends }: Chain, where: string): void {
  const kinematics = new ArmKinematics(model);
  const rng = Rng.fromSeed(1);
  kinematics.update(model.home);
  const home = Array.from(kinematics.endEffector);
  for (let i = 0; i < POSTURES; i++) {
    kinematics.update(
      model.links.map(({ limits }) => rng.uniformIn(...(limits ?? ([-Math.PI, Math.PI] as const)))),
    );
    if (distance(home, kinematics.endEffector) > MIN_TRAVEL) return;
  }
  throw refuse(
    `${where}: env.urdf.tip`,
    "a link that its joints move",
    unquoted(`${tipLink}, which lies on the axes of all of them`),
    ends.best === tipLink
      ? "Check the <origin xyz> of the joints"
      : `Choose the tool: ${setFlags({ "env.urdf.tip": ends.best })}`,
  );
}
