/** @file Whether an arm's joints move its tip by more than the success distance. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";
import { setFlags } from "../../shared/shell-quote.ts";
import { distance } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { SUCCESS_DISTANCE } from "../tasks/reward.ts";
import type { Chain } from "./urdf-chain.ts";

const POSTURES = 200;

/** Throws InputError if the tip stays within the success distance of home in all of some random postures. */
export function checkTipMoves(model: ArmModel, { tipLink, ends, format }: Chain, where: string): void {
  const kinematics = new ArmKinematics(model);
  const rng = Rng.fromSeed(1);
  kinematics.update(model.home);
  const home = Array.from(kinematics.endEffector);
  let travel = 0;
  for (let i = 0; i < POSTURES; i++) {
    kinematics.update(
      model.links.map(({ limits }) => rng.uniformIn(...(limits ?? ([-Math.PI, Math.PI] as const)))),
    );
    travel = Math.max(travel, distance(home, kinematics.endEffector));
    if (travel > SUCCESS_DISTANCE) return;
  }
  const last = model.links.at(-1)?.name ?? "";
  throw refuse(
    `${where}: env.urdf.tip`,
    `a link that its joints move by more than ${SUCCESS_DISTANCE} m, the distance at which a goal is achieved`,
    unquoted(`${tipLink}, which moves by at most ${travel.toFixed(3)} m`),
    ends.best === tipLink
      ? `Check ${format.lengths}, or add a tool, for --set env.urdf.tip=tool: ${format.tool(last)}`
      : `Choose the tool: ${setFlags({ "env.urdf.tip": ends.best })}`,
  );
}
