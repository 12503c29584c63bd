/** @file Plays one episode and writes down all that there is to see of it. */

import { blankClip, type Clip } from "../../shared/protocol-clip.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import type { PlayedArm, Start } from "./played-arm.ts";

/** Seconds from moment to moment at most: 100 Hz is smooth in slow motion too. */
const LONGEST_MOMENT = 0.01;

/** An episode and how it went. */
export interface Recording {
  readonly clip: Clip;
  /** Metres. */
  readonly goal: Vec3;
  /** Undiscounted sum of rewards. */
  readonly episodeReturn: number;
  readonly successAtEnd: boolean;
  readonly successOnce: boolean;
}

/**
 * Plays an episode from its start to its time limit, as fast as it goes.
 *
 * @returns a recording of the caller's own
 * @throws InputError if the goal is out of all reach, or the simulation diverged
 */
export function recordEpisode(played: PlayedArm, start: Start): Recording {
  const { arm } = played;
  const { substeps, physicsTimestep, maxEpisodeSteps: steps } = arm.timing;
  const stride = strideOf(substeps, physicsTimestep);
  const momentsOfStep = substeps / stride;
  played.begin(start);
  const clip = blankClip(
    {
      joints: arm.model.links.length,
      objects: arm.objects.length,
      fingers: arm.openings.length,
      moments: steps * momentsOfStep + 1,
      steps,
      actionSize: played.action.length,
      momentTimestep: stride * physicsTimestep,
      controlTimestep: substeps * physicsTimestep,
    },
    played.player.value !== null,
  );
  place(clip, 0, played);
  let episodeReturn = 0;
  let successes = 0;
  for (let step = 0; step < steps; step++) {
    for (let i = 1; i <= momentsOfStep; i++) {
      played.advance(stride);
      place(clip, step * momentsOfStep + i, played);
    }
    const { reward, isSuccess } = arm.outcome();
    clip.actions.set(played.action, step * clip.actionSize);
    clip.rewards[step] = reward;
    clip.successes[step] = isSuccess ? 1 : 0;
    if (clip.values !== null) clip.values[step] = played.value;
    episodeReturn += reward;
    successes += isSuccess ? 1 : 0;
  }
  return {
    clip,
    goal: arm.goal,
    episodeReturn,
    successAtEnd: clip.successes[steps - 1] === 1,
    successOnce: successes > 0,
  };
}

/** Substeps from moment to moment: as many as fit, and an integer of moments to a step. */
function strideOf(substeps: number, physicsTimestep: number): number {
  const fits = (stride: number) =>
    substeps % stride === 0 && stride * physicsTimestep <= LONGEST_MOMENT * (1 + 1e-9);
  let best = 1;
  for (let stride = 1; stride <= substeps; stride++) if (fits(stride)) best = stride;
  return best;
}

function place(clip: Clip, moment: number, { arm }: PlayedArm): void {
  const { joints, objects, fingers } = clip;
  clip.positions.set(arm.kinematics.positions, moment * 3 * joints);
  clip.rotations.set(arm.kinematics.rotations, moment * 4 * joints);
  clip.angles.set(arm.angles, moment * joints);
  clip.speeds.set(arm.speeds, moment * joints);
  clip.torques.set(arm.torques, moment * joints);
  clip.endEffectors.set(arm.kinematics.endEffector, moment * 3);
  for (const [i, { position, rotation }] of arm.objects.entries()) {
    clip.objectPositions.set(position, 3 * (moment * objects + i));
    clip.objectRotations.set(rotation, 4 * (moment * objects + i));
  }
  clip.openings.set(arm.openings, moment * fingers);
  clip.distances[moment] = arm.goalDistance;
}
