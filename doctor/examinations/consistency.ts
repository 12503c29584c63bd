/** @file Do observations, actions and achieved goals belong together as in the intact environment? */

import type { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { type ExaminedRun, storedObservation } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";
import { explainedVariance } from "./linear-probe.ts";
import { allSlots, MIN_EPISODES, startsAlike } from "./response.ts";

/** Explained variance in the intact environment below which a linear function says nothing. */
const MIN_EXPLAINED = 0.3;

/**
 * Linear functions that are fitted in the intact environment and judged on the run's warm-up, over how well they do on
 * other episodes of the intact environment. `exam/dynamics`: the next change of the observation from observation and
 * action. `exam/achieved_seen`: the achieved goal from the observation. 1 if nothing differs, 0 or less if nothing fits.
 */
export function examineConsistency({ replay, intact, warmup }: ExaminedRun): Figures | string {
  if (intact === undefined) return NO_ENVIRONMENT;
  const { reference } = intact;
  if (warmup.length < MIN_EPISODES)
    return "the random actions of the warm-up are not in the replay buffer any more";
  if (!startsAlike(replay, warmup, reference)) return "episodes start elsewhere than the environment's";
  const slots = allSlots(reference);
  const fitted = movesOf(
    reference,
    slots.filter((slot) => slot % 2 === 0),
  );
  const intactMoves = movesOf(
    reference,
    slots.filter((slot) => slot % 2 === 1),
  );
  const moves = movesOf(replay, warmup);
  const share = (target: (move: Move) => Float32Array, features: (move: Move) => Float32Array) => {
    const judged = (others: readonly Move[]) => {
      const count = Math.min(fitted.length, others.length);
      const rows = [...fitted.slice(0, count), ...others.slice(0, count)];
      return explainedVariance(rows.map(features), rows.map(target));
    };
    const expected = judged(intactMoves);
    return expected < MIN_EXPLAINED ? Number.NaN : judged(moves) / expected;
  };
  return {
    "exam/dynamics": share(
      ({ change }) => change,
      ({ observation, action }) => Float32Array.of(...observation, ...action),
    ),
    "exam/achieved_seen": share(
      ({ achieved }) => achieved,
      ({ observation }) => observation,
    ),
  };
}

/** A step of an episode. */
interface Move {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  /** Of the observation. */
  readonly change: Float32Array;
  readonly achieved: Float32Array;
}

function movesOf(replay: ReplayBuffer, slots: readonly number[]): Move[] {
  return slots.flatMap((slot) =>
    Array.from({ length: replay.lengthOf(slot) }, (_, step) => {
      const { observation, achievedGoal } = storedObservation(replay, slot, step);
      const next = storedObservation(replay, slot, step + 1).observation;
      const action = new Float32Array(replay.sizes.action);
      replay.readAction(slot, step, action, 0);
      return {
        observation,
        action,
        change: next.map((x, i) => x - observation[i]!),
        achieved: achievedGoal,
      };
    }),
  );
}
