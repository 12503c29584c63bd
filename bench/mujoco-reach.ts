/** @file A reach environment whose arm moves in MuJoCo: starts, goals, observations, control and rewards are ours. */

import { ArmKinematics } from "../env/arm/kinematics.ts";
import { ArmObservation } from "../env/arm-observation.ts";
import { ArmDrive } from "../env/control/arm-drive.ts";
import { definitionOf, makeArmEnv } from "../env/registry.ts";
import { clipInto } from "../shared/box.ts";
import type { RunConfig } from "../shared/config.ts";
import { internal, refuse } from "../shared/errors.ts";
import type { GoalEnv, GoalObservation, ResetOptions, Step } from "../shared/goal-env.ts";
import { MujocoArm } from "./mujoco-arm.ts";

export interface MujocoTiming {
  /** MuJoCo's timesteps in one of our substeps. */
  readonly stepsPerSubstep: number;
  /** Whether a rotor loads its own joint only, as MuJoCo's `armature`, in place of its link. */
  readonly armature: boolean;
}

/**
 * Returns the environment of a config in MuJoCo; the caller disposes of it. It has no reward terms and no variation.
 *
 * @throws InputError if the task is not to reach
 */
export async function mujocoReach(
  { env: config, agent }: RunConfig,
  { stepsPerSubstep, armature }: MujocoTiming,
): Promise<GoalEnv> {
  const { arm, task: name, timing, makeTask } = definitionOf(config);
  if (name !== "reach") throw refuse("bench/transfer", "a policy of a reach task", config.id);
  const task = makeTask(config);
  const { physicsTimestep, substeps, maxEpisodeSteps } = timing;
  const { gravityCompensation } = config;
  const rapier = await makeArmEnv(config, agent.gamma);
  const timestep = physicsTimestep / stepsPerSubstep;
  const mujoco = await MujocoArm.make(arm, { timestep, gravityCompensation, armature });
  const observer = new ArmObservation(arm, task);
  const kinematics = new ArmKinematics(arm);
  const drive = new ArmDrive(arm, { ...config, physicsTimestep, substeps });
  const joints = {
    angles: new Float64Array(arm.links.length),
    speeds: new Float64Array(arm.links.length),
    openings: new Float64Array(0),
    openingSpeeds: new Float64Array(0),
  };
  const action = new Float32Array(drive.actions.length);
  let goal = new Float32Array(0);
  let achieved = new Float32Array(0);
  let steps = 0;

  const measure = () => {
    joints.angles.set(mujoco.angles);
    joints.speeds.set(mujoco.speeds);
  };
  const observe = (): GoalObservation => {
    kinematics.update(joints.angles);
    const view = { joints, kinematics, objects: [] };
    achieved = Float32Array.from(task.achievedGoal(view));
    return { observation: observer.observe(view), achievedGoal: achieved, desiredGoal: goal.slice() };
  };

  return {
    id: rapier.id,
    observationSpace: rapier.observationSpace,
    goalSpace: rapier.goalSpace,
    actionSpace: rapier.actionSpace,
    maxEpisodeSteps,
    controlTimestep: rapier.controlTimestep,
    rewardRange: rapier.rewardRange,
    computeReward: rapier.computeReward,
    isAchieved: rapier.isAchieved,

    reset(options?: ResetOptions): GoalObservation {
      goal = Float32Array.from(rapier.reset(options).desiredGoal);
      const angles = rapier.configuration?.();
      if (angles === undefined) throw internal("a reach task has no joint angles");
      mujoco.reset([...angles]);
      measure();
      steps = 0;
      const start = observe();
      drive.begin(
        joints,
        kinematics,
        0,
        arm.links.map(() => 1),
      );
      return start;
    },

    step(given: ArrayLike<number>): Step {
      clipInto(rapier.actionSpace, given, action, "mujoco step action");
      const before = achieved;
      drive.act(action);
      for (let substep = 0; substep < substeps; substep++) {
        drive.update(joints, kinematics);
        mujoco.step(drive.torques, stepsPerSubstep);
        measure();
      }
      steps += 1;
      const next = observe();
      return {
        ...next,
        reward: rapier.computeReward(next.achievedGoal, goal, before),
        terminated: false,
        truncated: steps === maxEpisodeSteps,
        isSuccess: rapier.isAchieved(next.achievedGoal, goal),
      };
    },

    dispose() {
      mujoco.dispose();
      rapier.dispose();
    },
  };
}
