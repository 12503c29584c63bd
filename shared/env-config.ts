/** @file The environment's settings: which arm and task, what it pays, how it is moved, what varies. */

import { z } from "zod";
import { choice, flag, notes, real, span, whole } from "./setting.ts";

const OURS = "measured here, docs/ddpg.md";

export const EnvConfig = z.strictObject({
  id: z.string().min(1).default("panda-reach").register(notes, {
    expected: "an environment's name",
    meaning: "The environment, <arm>-<task>; `steadyarm envs` lists them.",
    origin: "the main job",
  }),
  reward: choice(
    ["sparse", "dense", "potential"],
    "sparse",
    "What a step pays: sparse is −1, and 0 once the goal is achieved; dense is −distance in metres; potential is sparse + γΦ′ − Φ.",
    "Fetch, panda-gym; Ng et al. 1999",
  ),
  potentialScale: real(
    { above: 0, max: 1000 },
    10,
    "The c of the potential Φ = −c · distance, per metre; γ is agent.gamma.",
    OURS,
  ),
  rewardTerms: z
    .strictObject({
      action: real({ min: 0, max: 100 }, 0, "Cost of the mean squared action, added to any reward.", "off"),
      smoothness: real(
        { min: 0, max: 100 },
        0,
        "Cost of the mean squared change of the action from the step before.",
        "off",
      ),
      jointLimit: real(
        { min: 0, max: 100 },
        0,
        "Cost of joints in the outer tenth of their half range: mean square, 1 at the limit.",
        "off",
      ),
    })
    .prefault({}),
  control: choice(
    ["torque", "velocity", "position", "ee"],
    "torque",
    "What an action asks for: joint torques, joint speeds, joint displacements, or displacements of the tool (end effector).",
    "the main job",
  ),
  gravityCompensation: flag(
    true,
    "Whether gravity is cancelled, so that an action of torques comes on top; false leaves the arm its weight.",
    "the torque interface of the Franka Panda",
  ),
  torqueScale: real(
    { above: 0, max: 1 },
    0.25,
    "Share of each joint's torque limit that an action of 1 stands for under torque control.",
    OURS,
  ),
  variation: z
    .strictObject({
      startNoise: real(
        { min: 0, max: 3.2 },
        0.02,
        "Half the range about home that each joint starts in, rad; never beyond its limits.",
        "enough to tell starts apart",
      ),
      observationNoise: real(
        { min: 0, max: 1 },
        0,
        "Deviation of Gaussian noise on each number of an observation, in its own SI unit; goals stay exact.",
        "off",
      ),
      mass: span({ above: 0, max: 10 }, [1, 1], "Factor on each link's mass and inertia.", "off"),
      damping: span({ min: 0, max: 10 }, [1, 1], "Factor on each joint's damping.", "off"),
      torque: span({ above: 0, max: 10 }, [1, 1], "Factor on the torque that each motor gives.", "off"),
      friction: span(
        { above: 0, max: 10 },
        [1, 1],
        "Factor on the friction of every contact: object on table, fingers and arm on both.",
        "off",
      ),
      delay: span(
        { min: 0, max: 0.5 },
        [0, 0],
        "Seconds until an action takes effect, to the nearest substep.",
        "off",
      ),
    })
    .prefault({}),
  urdf: z
    .strictObject({
      file: z.string().default("").register(notes, {
        expected: "the path of a URDF file",
        meaning:
          "An arm from a URDF instead of one of ours; then env.id is <name>-reach, its own name if left out.",
        origin: "none",
      }),
      sha256: z
        .string()
        .regex(/^([0-9a-f]{64})?$/)
        .default("")
        .register(notes, {
          expected: "64 hexadecimal digits",
          meaning:
            "The checksum that the file must have; a run notes it down, so that it goes on with the same arm or not at all.",
          origin: "filled in when a run begins",
        }),
      tip: z.string().default("").register(notes, {
        expected: "the name of a link",
        meaning: "The tool's link; may be left out where the robot is a single chain.",
        origin: "none",
      }),
      home: z.array(z.number().min(-1000).max(1000)).max(32).default([]).register(notes, {
        expected: "a list of angles in rad, one for each joint that moves the tip, such as [0, -1.2, 1.5]",
        meaning: "Angles to start from; none for 0, or the middle of a range that does not have it.",
        origin: "none",
      }),
      armature: real(
        { min: 0, max: 100 },
        0.1,
        "Inertia of each motor's rotor as its joint feels it, kg m², for which URDF has no word.",
        "MuJoCo Menagerie, Panda",
      ),
      damping: real(
        { min: 0, max: 1000 },
        0,
        "Viscous damping of joints that have none in the file, N m s/rad; 0 lets a quarter of a joint's effort hold its velocity limit.",
        "as the Panda's here",
      ),
    })
    .prefault({}),
  relativeInputs: flag(
    true,
    "Whether tasks with objects show finely how far the tool is from the object and the object from its goal: tanh(20 · metres).",
    "without it no push was seen to be learned",
  ),
  nearStarts: real(
    { min: 0, max: 1 },
    0.5,
    "Share of training episodes that start with the object beside the tool and the goal 5 to 13 cm off, where the task has objects; evaluations have none.",
    "half: the first share tried",
  ),
  solverIterations: whole(
    { min: 1, max: 16 },
    2,
    "Rapier's iterations in each substep where something can be touched; 1 is a third quicker and less exact in contact. Where nothing can, 1 is exact and always used.",
    "measured here, docs/arms.md",
  ),
  physics: choice(
    ["compat", "deterministic"],
    "compat",
    "Which build of Rapier: deterministic promises the same bits on every platform.",
    "one machine needs no more than compat",
  ),
});
export type EnvConfig = z.infer<typeof EnvConfig>;
