/** @file Where an imported arm's goals are: measures which of the ways of drawing them suits its home posture. */

import { Rng } from "../../shared/rng.ts";
import { distance, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { ToolReach } from "../arm/tool-reach.ts";
import { pointsOf, type ReachSettings, toolAtHome } from "../tasks/reach-points.ts";
import { isAchieved } from "../tasks/reward.ts";

/** Share of the stretched arm's length that goals in the cube lie in: in the outer quarter it is almost straight. */
const BENT_SHARE = 0.75;

/** Draws of one measurement, and how many of the goals among them are tried by inverse kinematics. */
const DRAWS = 1000;
const TRIALS = 50;

/** Minimum share of the draws that give a goal: the reach task gives up after a thousand draws. */
const MIN_GIVEN = 0.01;

/** Minimum share of the goals in the cube that the arm reaches, for drawing goals from the cube. */
const MIN_REACHED = 0.5;

/** Goals of an imported arm at one home posture. */
export interface ImportedGoals extends ReachSettings {
  /** Share of the goals in the cube about the tool's home position that the arm reaches; 0 if there are too few. */
  readonly reached: number;
}

/**
 * Returns the goals of an imported arm: those in the cube if it reaches at least half of them, else the positions of its
 * tool at random postures near home. undefined if hardly any of those is a goal either.
 */
export function goalsOf(model: ArmModel): ImportedGoals | undefined {
  const reached = reachedShare(model);
  if (reached >= MIN_REACHED) return { reachable: reachableOf(model), points: "checked-box", reached };
  const settings = { reachable: reachableOf(model, 1), points: "postures" } as const;
  return drawGoals(model, settings).length < MIN_GIVEN * DRAWS ? undefined : { ...settings, reached };
}

/** Returns the share of the goals in the cube that inverse kinematics reaches; 0 if the cube has too few goals. */
function reachedShare(model: ArmModel): number {
  const goals = drawGoals(model, { reachable: reachableOf(model) });
  if (goals.length < MIN_GIVEN * DRAWS) return 0;
  const trials = goals.slice(0, TRIALS);
  const reach = new ToolReach(model);
  return trials.filter((goal) => reach.reaches(goal)).length / trials.length;
}

/** Returns those of DRAWS points that are not achieved at home, metres. */
function drawGoals(model: ArmModel, settings: ReachSettings) {
  const rng = Rng.fromSeed(0).fork("goals");
  const drawPoint = pointsOf(model, settings);
  const home = Float32Array.from(toolAtHome(model));
  return Array.from({ length: DRAWS }, () => drawPoint(rng)).filter(
    (point): point is Vec3 => point !== undefined && !isAchieved(home, Float32Array.from(point)),
  );
}

/**
 * Returns the ball that an imported arm's goals lie in: about its second joint (or its only one), with a share of the
 * stretched arm's length as radius.
 */
export function reachableOf(model: ArmModel, share = BENT_SHARE): ReachSettings["reachable"] {
  const kinematics = new ArmKinematics(model);
  kinematics.update(model.home);
  const shoulder = Math.min(1, model.links.length - 1);
  const jointPosition = (i: number): Vec3 => {
    const [x = 0, y = 0, z = 0] = kinematics.positions.subarray(3 * i, 3 * i + 3);
    return [x, y, z];
  };
  let stretched = distance(jointPosition(model.links.length - 1), toolAtHome(model));
  for (let i = shoulder + 1; i < model.links.length; i++) {
    stretched += distance(jointPosition(i - 1), jointPosition(i));
  }
  return { center: jointPosition(shoulder), radius: share * stretched };
}
