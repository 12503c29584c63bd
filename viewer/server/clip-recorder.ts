/** @file Plays one episode and records it as a clip. */

import { STATE_COLUMNS } from "../../shared/motion-columns.ts";
import { blankClip, type Clip } from "../../shared/protocol-clip.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import { currentState } from "./arm-state.ts";
import type { ControlledArm, Start } from "./controlled-arm.ts";

/** Maximum seconds between moments: 100 Hz is smooth in slow motion too. */
const MAX_MOMENT_TIMESTEP = 0.01;

/** An episode and its outcome. */
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
 * Plays an episode from its start to its time limit, faster than real time.
 *
 * @throws InputError if the goal is out of reach, or the simulation diverges
 */
export function recordEpisode(controlled: ControlledArm, start: Start): Recording {
  const { arm, controller } = controlled;
  const { substeps, physicsTimestep, maxEpisodeSteps: steps } = arm.timing;
  const stride = momentSubsteps(substeps, physicsTimestep);
  const momentsPerStep = substeps / stride;
  controlled.begin(start);
  const clip = blankClip(
    {
      joints: arm.model.links.length,
      objects: arm.objects.length,
      fingers: arm.openings.length,
      moments: steps * momentsPerStep + 1,
      steps,
      actionSize: controlled.action.length,
      momentTimestep: stride * physicsTimestep,
      controlTimestep: substeps * physicsTimestep,
    },
    controller.value !== null,
  );
  recordMoment(clip, 0, controlled);
  let episodeReturn = 0;
  let successes = 0;
  for (let step = 0; step < steps; step++) {
    for (let i = 1; i <= momentsPerStep; i++) {
      controlled.advance(stride);
      recordMoment(clip, step * momentsPerStep + i, controlled);
    }
    const { reward, isSuccess } = arm.outcome();
    clip.actions.set(controlled.action, step * clip.actionSize);
    clip.rewards[step] = reward;
    clip.successes[step] = isSuccess ? 1 : 0;
    if (clip.values !== null) clip.values[step] = controlled.value;
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

/** Substeps between moments: the largest divisor of the substeps per step within MAX_MOMENT_TIMESTEP. */
function momentSubsteps(substeps: number, physicsTimestep: number): number {
  let largest = 1;
  for (let stride = 1; stride <= substeps; stride++) {
    const isShort = stride * physicsTimestep <= MAX_MOMENT_TIMESTEP * (1 + 1e-9);
    if (substeps % stride === 0 && isShort) largest = stride;
  }
  return largest;
}

function recordMoment(clip: Clip, moment: number, { arm }: ControlledArm): void {
  const state = currentState(arm);
  for (const { name, size } of STATE_COLUMNS) clip[name].set(state[name], moment * size(clip));
  clip.distances[moment] = arm.goalDistance;
}
