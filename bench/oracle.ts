/**
 * @file Difference between the arms' motion in Rapier and in MuJoCo: `npx tsx bench/oracle.ts [--json]`.
 *
 * Each arm starts at home with gravity compensation in both engines and gets the same random torques, a new set every
 * 40 ms, at most a quarter of the torque limits. Compared are the tool positions after 0.1, 0.5, 1 and 2 s:
 * Rapier at substeps of 1/200 or 1/500 s, MuJoCo at 1/2000 s. `armature` uses MuJoCo's rotor model, in which a
 * rotor loads its own joint only; here a rotor's inertia is part of the link.
 */

import "./help.ts";

import type { ArmModel } from "../env/arm/arm-model.ts";
import { ArmWorld } from "../env/arm/arm-world.ts";
import { ArmKinematics } from "../env/arm/kinematics.ts";
import { ENVIRONMENTS } from "../env/registry.ts";
import { loadPhysics } from "../env/world.ts";
import { Rng } from "../shared/rng.ts";
import { median } from "../shared/statistics.ts";
import { distance } from "../shared/vec3.ts";
import { MujocoArm } from "./mujoco-arm.ts";

export const TIMES = [0.1, 0.5, 1, 2] as const;
/** Maximum torque as a share of the torque limit. */
const TORQUE_SHARE = 0.25;
/** Seconds that a set of torques is held. */
const CONTROL_TIMESTEP = 0.04;
const MUJOCO_TIMESTEP = 1 / 2000;

interface Difference {
  /** Distance between the two tools at each of TIMES, metres. */
  readonly distances: readonly number[];
  /** Distance of MuJoCo's tool from its start at each of TIMES, metres. */
  readonly displacements: readonly number[];
}

/** Applies one series of random torques in both engines. */
export async function difference(
  model: ArmModel,
  seed: number,
  physicsTimestep: number,
  armature: boolean,
): Promise<Difference> {
  const physics = await loadPhysics("compat");
  const rapier = new ArmWorld(physics, model, { physicsTimestep, gravityCompensation: true });
  const settings = { timestep: MUJOCO_TIMESTEP, gravityCompensation: true, armature };
  const mujoco = await MujocoArm.make(model, settings);
  const rng = Rng.fromSeed(seed);
  rapier.reset(model.home);
  mujoco.reset(model.home);
  const tool = (angles: ArrayLike<number>) => {
    const kinematics = new ArmKinematics(model);
    kinematics.update(angles);
    return kinematics.endEffector;
  };
  const home = tool(model.home);
  const distances: number[] = [];
  const displacements: number[] = [];
  const last = TIMES[TIMES.length - 1] ?? 0;
  // In half control steps, because 0.1 s and 0.5 s are not multiples of a control step.
  const measured = new Set(TIMES.map((time) => Math.round((2 * time) / CONTROL_TIMESTEP)));
  let torques: number[] = [];
  for (let half = 1; half <= Math.round((2 * last) / CONTROL_TIMESTEP); half++) {
    if (half % 2 === 1) {
      torques = model.links.map(
        ({ torqueLimit }) => rng.uniformIn(-TORQUE_SHARE, TORQUE_SHARE) * torqueLimit,
      );
    }
    rapier.step(torques, Math.round(CONTROL_TIMESTEP / 2 / physicsTimestep));
    mujoco.step(torques, Math.round(CONTROL_TIMESTEP / 2 / MUJOCO_TIMESTEP));
    if (!measured.has(half)) continue;
    distances.push(distance(tool(rapier.angles), tool(mujoco.angles)));
    displacements.push(distance(tool(mujoco.angles), home));
  }
  rapier.dispose();
  mujoco.dispose();
  return { distances, displacements };
}

const TRIALS = 20;

async function main(): Promise<void> {
  const asJson = process.argv.includes("--json");
  const arms = new Map(Object.values(ENVIRONMENTS).map(({ arm }) => [arm.name, arm]));
  if (!asJson) {
    console.log(
      `distance from MuJoCo's tool, mm: median (maximum of ${TRIALS}); displacement from home, mm\n`,
    );
    console.log(
      ["arm".padEnd(15), "substep", "rotors  ", ...TIMES.map((t) => `${t} s`.padStart(20))].join("  "),
    );
  }
  for (const model of arms.values()) {
    for (const [rate, armature] of [
      [200, false],
      [500, false],
      [200, true],
    ] as const) {
      const trials: Difference[] = [];
      for (let seed = 1; seed <= TRIALS; seed++) {
        trials.push(await difference(model, seed, 1 / rate, armature));
      }
      const at = TIMES.map((time, i) => {
        const millimetres = trials.map(({ distances }) => 1000 * distances[i]!);
        const way = 1000 * median(trials.map(({ displacements }) => displacements[i]!));
        return { time, typical: median(millimetres), worst: Math.max(...millimetres), way };
      });
      const rotors = armature ? "armature" : "in links";
      if (asJson) {
        for (const { time, typical, worst, way } of at) {
          console.log(
            JSON.stringify({
              bench: "oracle",
              arm: model.name,
              rate,
              rotors,
              time,
              median: typical,
              worst,
              way,
              unit: "mm",
            }),
          );
        }
      } else {
        const cells = at.map(({ typical, worst, way }) =>
          `${typical.toPrecision(2)} (${worst.toPrecision(2)}); ${way.toFixed(0)}`.padStart(20),
        );
        console.log([model.name.padEnd(15), `1/${rate} s`, rotors, ...cells].join("  "));
      }
    }
  }
}

if (process.argv[1] === import.meta.filename) await main();
