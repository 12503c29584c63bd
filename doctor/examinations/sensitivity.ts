/** @file Do actor and critic use the goal? Outputs with the goals of other states, beside those of other states. */

import type { GoalObservation } from "../../shared/goal-env.ts";
import { type ExaminedRun, sampleObservations } from "../examined-run.ts";
import type { Figures } from "./examination.ts";

const STATES = 256;

/**
 * `exam/actor_goal_use`, `exam/critic_goal_use`: RMS change of the output when a state gets the goal of another, over the RMS
 * difference of the outputs of two states: permutation importance (Breiman 2001, §10). `exam/action_size`: RMS of the
 * policy's actions, of which 1 is the largest. `exam/critic_action_use`: the same for the critic and
 * uniformly random actions.
 */
export function examineSensitivity({ policy, replay, rng, sizes }: ExaminedRun): Figures {
  const states = sampleObservations(replay, STATES, rng().fork("sensitivity"));
  const other = (i: number) => states[(i + 1) % STATES]!;
  const swapped = states.map(
    (state, i): GoalObservation => ({ ...state, desiredGoal: other(i).desiredGoal }),
  );
  const act = (state: GoalObservation) => {
    const action = new Float32Array(sizes.action);
    policy.act(state, action);
    return action;
  };
  const actions = states.map(act);
  const values = states.map((state, i) => policy.value(state, actions[i]!));
  const swappedValues = swapped.map((state, i) => policy.value(state, actions[i]!));
  const draws = rng().fork("actions");
  const randomActionValues = states.map((state) =>
    policy.value(
      state,
      Float32Array.from({ length: sizes.action }, () => draws.uniformIn(-1, 1)),
    ),
  );
  return {
    "exam/action_size": rms(
      actions,
      actions.map(() => new Float32Array(sizes.action)),
    ),
    "exam/actor_goal_use":
      rms(swapped.map(act), actions) /
      rms(
        actions,
        actions.map((_, i) => actions[(i + 1) % STATES]!),
      ),
    "exam/critic_goal_use":
      rms([swappedValues], [values]) / rms([values], [values.map((_, i) => values[(i + 1) % STATES]!)]),
    "exam/critic_action_use":
      rms([randomActionValues], [values]) / rms([values], [values.map((_, i) => values[(i + 1) % STATES]!)]),
  };
}

function rms(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let squares = 0;
  let count = 0;
  for (const [row, x] of a.entries()) {
    for (let i = 0; i < x.length; i++) squares += (x[i]! - b[row]![i]!) ** 2;
    count += x.length;
  }
  return Math.sqrt(squares / count);
}
