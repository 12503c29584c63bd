/** @file Settings of the environment: arm and task, reward, control, randomisation, arms from URDF and MJCF, physics. */

import { z } from "zod";
import { checksum, choice, flag, integer, interval, notes, path, real } from "./setting.ts";

const OURS = "measured here, docs/ddpg.md";

/** N m. */
const torque = z.number().min(0).max(1e6);

export const EnvConfig = z.strictObject({
  id: z.string().min(1).default("panda-reach").register(notes, {
    expected: "an environment's name",
    meaning: "Environment, <arm>-<task>; `steadyarm envs` lists them.",
    origin: "panda-gym, with torque control",
  }),
  reward: choice(
    ["sparse", "dense", "potential"],
    "sparse",
    "Reward of a step: sparse is 0 if the goal is achieved, else −1; dense is −distance in metres; potential is sparse + γΦ′ − Φ.",
    "Fetch, panda-gym; Ng et al. 1999",
  ),
  potentialScale: real(
    { above: 0, max: 1000 },
    10,
    "The c in the potential Φ = −c · distance, per metre; γ is agent.gamma.",
    OURS,
  ),
  rewardTerms: z
    .strictObject({
      action: real({ min: 0, max: 100 }, 0, "Weight of the cost mean(action²), added to any reward.", "off"),
      smoothness: real(
        { min: 0, max: 100 },
        0,
        "Weight of the cost mean((action − previous action)²).",
        "off",
      ),
      posture: real(
        { min: 0, max: 100 },
        0,
        "Weight of the cost of the distance from the home posture: mean square over joints, 1 at half a joint's range.",
        "off; 5 in the steady preset, docs/holding.md",
      ),
      jointLimit: real(
        { min: 0, max: 100 },
        0,
        "Weight of the cost of joints near their limits: mean square, from 0 at 90 % of the half range to 1 at the limit.",
        "off",
      ),
    })
    .prefault({}),
  control: choice(
    ["torque", "velocity", "position", "ee"],
    "torque",
    "What actions set: joint torques, joint velocities, joint displacements, or displacements of the end effector (ee).",
    "the subject of this project",
  ),
  gravityCompensation: flag(
    true,
    "Add torques that cancel gravity to the action; false leaves the arm its weight.",
    "the torque interface of the Franka Panda",
  ),
  torqueScale: real(
    { above: 0, max: 1 },
    0.25,
    "Torque control: share of each joint's torque limit that an action of ±1 applies.",
    OURS,
  ),
  variation: z
    .strictObject({
      startNoise: real(
        { min: 0, max: 3.2 },
        0.02,
        "Joints start uniformly within ± this many rad of the home posture, within their limits.",
        "small; makes every start different",
      ),
      observationNoise: real(
        { min: 0, max: 1 },
        0,
        "Std of Gaussian noise on each element of an observation, in its SI unit; goals stay exact.",
        "off",
      ),
      mass: interval({ above: 0, max: 10 }, [1, 1], "Factor on the mass and inertia of each link.", "off"),
      damping: interval({ min: 0, max: 10 }, [1, 1], "Factor on the damping of each joint.", "off"),
      torque: interval({ above: 0, max: 10 }, [1, 1], "Factor on the torque of each motor.", "off"),
      friction: interval(
        { above: 0, max: 10 },
        [1, 1],
        "Factor on the friction of all contacts: object, table, fingers, arm.",
        "off",
      ),
      delay: interval(
        { min: 0, max: 0.5 },
        [0, 0],
        "Delay of actions in seconds, rounded to a substep.",
        "off",
      ),
    })
    .prefault({}),
  urdf: z
    .strictObject({
      file: path(
        "the path of a URDF or MJCF file",
        "URDF or MJCF file of an arm, in place of a built-in one; env.id defaults to <robot name>-reach.",
      ),
      sha256: checksum(
        "Checksum that the file must have, so that a run resumes and evaluates with the same arm only.",
      ),
      packages: path(
        "the path of a folder",
        "Folder of the packages that a robot file names as package://<package>/…, or one of them, for its meshes in the viewer. Meshes in the file's own folder need none.",
      ),
      tip: z.string().default("").register(notes, {
        expected: "the name of a link",
        meaning:
          "Link of the end effector, or body or site in MJCF; may be omitted if the robot is a single chain.",
        origin: "the end of the chain",
      }),
      home: z.array(z.number().min(-1000).max(1000)).max(32).default([]).register(notes, {
        expected: "a list of angles in rad, one for each joint that moves the tip, such as [0, -1.2, 1.5]",
        meaning:
          "Home posture; an empty list is that of an MJCF file's keyframe, or 0 for each joint, or the middle of a range without 0, or a bent posture if the arm is straight or has no goals there.",
        origin: "none",
      }),
      floor: z
        .union([z.literal("auto"), z.number().min(-1000).max(1000)])
        .default("auto")
        .register(notes, {
          expected: "a height in [-1000, 1000] m, or auto",
          meaning:
            "Height below which there are no goals, metres; auto is that of the root link, 0, and none for an arm that hangs, is mounted on a wall, or lies in a horizontal plane.",
          origin: "auto",
        }),
      armature: real(
        { min: 0, max: 100 },
        0.1,
        "Reflected rotor inertia of motors without armature in the file, kg m²; URDF has no element for it.",
        "MuJoCo Menagerie, Panda",
      ),
      damping: real(
        { min: 0, max: 1000 },
        0,
        "Viscous damping of joints without damping in the file, N m s/rad; 0 derives it: a quarter of the effort limit holds the velocity limit.",
        "as for the built-in Panda",
      ),
      effort: z
        .union([torque, z.array(torque).max(32)])
        .default(0)
        .register(notes, {
          expected:
            "a torque in [0, 1000000] N m, or a list with one for each joint that moves the tip, 0 for the file's",
          meaning:
            "Torque limit of joints whose <limit effort>, or the range of whose actuators in MJCF, is 0 or missing, N m. A list has one for each joint and overrides the file's, except where it is 0.",
          origin: "none",
        }),
      density: real(
        { min: 0, max: 100_000 },
        0,
        "Density of links that a joint moves and whose mass is 0 or missing, kg/m³: the mass is that of their shapes, or of a stick of 3 cm radius. 0 refuses them; MuJoCo's default is 1000.",
        "none",
      ),
      mimic: choice(
        ["refuse", "motor", "fixed"],
        "refuse",
        "Joints on the path to the tip with <mimic>, or that an equality of MJCF couples, whose coupling is not simulated: refuse the file, give them a motor of their own, or hold them.",
        "an arm with other joints than the robot's is not silent",
      ),
      hold: z.array(z.string().min(1).max(200)).max(32).default([]).register(notes, {
        expected: "a list of names of joints on the path to the tip, such as [torso_lift_joint]",
        meaning:
          "Joints on the path to the tip that have no motor: held at the position in their range nearest to 0. For those that slide, and for others that the task should not use.",
        origin: "none",
      }),
    })
    .prefault({}),
  module: z
    .strictObject({
      file: path(
        "the path of a JavaScript or TypeScript module",
        "Module whose default export makes an environment of your own; --env ./rail.ts sets it, and env.id to the file's name.",
      ),
      sha256: checksum(
        "Checksum that the module must have, so that a run resumes and evaluates with the same environment only.",
      ),
    })
    .prefault({}),
  relativeInputs: flag(
    true,
    "Tasks with objects: add the networks' inputs tanh(20 · metres) of the object relative to the end effector and of the goal relative to the object.",
    "pushing was not learned without them",
  ),
  nearStarts: real(
    { min: 0, max: 1 },
    0.5,
    "Tasks with objects: share of training episodes that start with the object beside the tool and the goal 5 to 13 cm away; evaluations have none.",
    "the first value tried",
  ),
  solverIterations: integer(
    { min: 1, max: 16 },
    2,
    "Rapier's solver iterations per substep in tasks with contacts; 1 is a third faster and less exact. Tasks without contacts always use 1, which is exact there.",
    "measured here, docs/arms.md",
  ),
  physics: choice(
    ["compat", "deterministic"],
    "compat",
    "Build of Rapier; deterministic gives the same bits on every platform.",
    "compat gives the same bits on one machine",
  ),
});
export type EnvConfig = z.infer<typeof EnvConfig>;
