/** @file Plays an episode that continues beyond its time limit, with pushes and a moving goal. */

import { drawPosture } from "../../env/arm/random-posture.ts";
import type { InteractiveArm, Push } from "../../env/interactive-arm.ts";
import { InputError } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";
import { length, type Vec3 } from "../../shared/vec3.ts";
import type { EpisodeOutcome } from "../evaluate.ts";
import type { Act } from "../rollout.ts";
import { type HoldTest, scheduleOf } from "./hold-test.ts";
import { MovingGoal } from "./moving-goal.ts";

/** An episode of T steps. */
export interface LongEpisode {
  /** As of an evaluation episode: up to the time limit. */
  readonly outcome: EpisodeOutcome;
  /** Distance between achieved and desired goal after each step, [T] metres. */
  readonly distances: Float32Array;
  /** 1 where the goal is achieved after the step, otherwise 0, [T]. */
  readonly achieved: Uint8Array;
}

/**
 * Plays one episode. The result depends on the arguments only.
 *
 * The arm has no time limit, and no observation contains the time, so the policy observes what it was trained on.
 *
 * @param afterStep called after each step, with the number of steps so far
 * @throws InputError if the simulation diverges
 */
export function playLongEpisode(
  arm: InteractiveArm,
  act: Act,
  seed: number,
  test: HoldTest,
  afterStep?: (steps: number) => void,
): LongEpisode {
  const { timing, sizes } = arm;
  const timestep = timing.physicsTimestep * timing.substeps;
  const { steps, pushes } = scheduleOf(test, timestep);
  const rng = Rng.fromSeed(seed);
  const pushRng = rng.fork("pushes");
  let observation = arm.reset(
    { seed },
    test.randomPosture ? drawPosture(arm.model, rng.fork("posture")) : undefined,
  );
  const goal = test.goalSpeed > 0 ? new MovingGoal(arm, test.goalSpeed, rng.fork("goal motion")) : undefined;
  const action = new Float32Array(sizes.action);
  const distances = new Float32Array(steps);
  const achieved = new Uint8Array(steps);
  const limit = Math.min(steps, sizes.maxSteps);
  let [episodeReturn, finalDistance] = [0, Number.NaN];
  for (let step = 0; step < steps; step++) {
    if (pushes.some(({ start }) => start === step)) arm.setPush(drawPush(arm, test.push, pushRng));
    if (pushes.some(({ end }) => end === step)) arm.setPush(undefined);
    act(observation, action);
    arm.act(action);
    advance(arm, seed);
    goal?.advance(timestep);
    const { reward, isSuccess } = arm.outcome();
    distances[step] = arm.goalDistance;
    achieved[step] = isSuccess ? 1 : 0;
    if (step < limit) {
      episodeReturn += reward;
      finalDistance = arm.goalDistance;
    }
    afterStep?.(step + 1);
    observation = arm.observe();
  }
  const outcome = {
    successAtEnd: achieved[limit - 1] === 1,
    successOnce: achieved.subarray(0, limit).includes(1),
    finalDistance,
    episodeReturn,
    length: limit,
    figures: {},
  };
  return { outcome, distances, achieved };
}

function advance(arm: InteractiveArm, seed: number): void {
  try {
    arm.advance(arm.timing.substeps);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${error.message.split("\n").join("; ")}, in the episode with seed ${seed}`);
  }
}

/** Draws a push on the centre of mass of a random link, in a random direction in which the tool can move. */
function drawPush({ model }: InteractiveArm, force: number, rng: Rng): Push {
  const link = rng.integer(model.links.length);
  const direction: [number, number, number] = [0, 0, 0];
  for (const axis of model.toolAxes) direction[axis] = rng.normal();
  const share = force / length(direction);
  const scaled: Vec3 = [share * direction[0], share * direction[1], share * direction[2]];
  return { link, point: model.links[link]!.centerOfMass, force: scaled };
}
