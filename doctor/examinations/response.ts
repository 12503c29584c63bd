/**
 * @file Does an action move the arm, as much and as soon as it should? The response to random actions, beside that of the
 * intact environment.
 *
 * For independent random actions, the correlation of an action with the change of an observation some steps later is the
 * impulse response at that lag (Ljung 1999, System Identification, §6.1).
 */

import type { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { median, standardDeviation } from "../../shared/statistics.ts";
import type { ExaminedRun } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";

/** Longest delay that is looked for, steps. */
const MAX_LAG = 20;

/** Share of the intact environment's correlation below which an action moves nothing. */
const DEAD_SHARE = 0.3;

/** Correlation of an action with the observation that it moves most, in the intact environment, below which it says nothing. */
const MIN_CORRELATION = 0.2;

/**
 * `exam/response_lag`: steps from an action to its largest response. `exam/action_delay`: by how much that is later than in
 * the intact environment. `exam/dead_actions`: actions whose response is less than 0.3 of the intact one at every lag.
 * `exam/action_gain`: median over actions of the response, in units of the observation, over the intact one.
 * `exam/action_direction`: cosine of the change of all observations, in standard deviations, with the intact one, of the
 * action for which it is smallest; −1 for a motor with the wrong sign; not if episodes start elsewhere than the
 * environment's. `exam/blank_actions`: share of stored random actions that are all zeros.
 */
export function examineResponse({ replay, intact: environment, warmup }: ExaminedRun): Figures | string {
  if (environment === undefined) return NO_ENVIRONMENT;
  const { reference } = environment;
  if (warmup.length < MIN_EPISODES)
    return "the random actions of the warm-up are not in the replay buffer any more";
  const intact = responses(reference, allSlots(reference));
  const actual = responses(replay, warmup);
  const lag = largest(intact.map((at) => meanStrength(at)));
  const actualLag = largest(actual.map((at) => meanStrength(at)));
  const steps = warmup.reduce((sum, slot) => sum + replay.lengthOf(slot), 0);
  // The largest of the many correlations that mean nothing.
  const noise = 4 / Math.sqrt(steps);
  const used = intact[lag]!.flatMap((response, action) =>
    response.correlation >= Math.max(MIN_CORRELATION, 2 * noise) ? [{ action, response }] : [],
  );
  if (used.length === 0)
    return blankActions(replay, warmup) > 0
      ? { "exam/blank_actions": blankActions(replay, warmup) }
      : "random actions move nothing that is observed";
  const strength = (action: number) => Math.max(...actual.map((at) => at[action]!.correlation));
  const alive = used.filter(
    ({ action, response }) => strength(action) >= Math.max(DEAD_SHARE * response.correlation, noise),
  );
  const gains = used.map(({ action, response }) => {
    const slope = actual[actualLag]![action]!.slopes[response.observation]!;
    return Math.abs(slope / response.slopes[response.observation]!);
  });
  const directions = alive.map(({ action }) =>
    cosine(actual[actualLag]![action]!.slopes, intact[lag]![action]!.slopes, spreads(reference)),
  );
  return {
    "exam/response_lag": actualLag,
    "exam/action_delay": alive.length === 0 ? 0 : actualLag - lag,
    "exam/dead_actions": used.length - alive.length,
    "exam/action_gain": median(gains),
    "exam/action_direction":
      alive.length === 0 || !startsAlike(replay, warmup, reference) ? Number.NaN : Math.min(...directions),
    "exam/blank_actions": blankActions(replay, warmup),
  };
}

/** Fewer episodes give correlations that are mostly noise. */
export const MIN_EPISODES = 5;

export function allSlots(replay: ReplayBuffer): number[] {
  return Array.from({ length: replay.episodes }, (_, slot) => slot);
}

interface Response {
  /** Largest |correlation| with the change of an observation. */
  readonly correlation: number;
  /** Index of that observation. */
  readonly observation: number;
  /** Change of each observation per unit of action. */
  readonly slopes: readonly number[];
}

/** By lag and action. */
function responses(replay: ReplayBuffer, slots: readonly number[]): Response[][] {
  const { action, observation } = replay.sizes;
  const changes: Float64Array[][] = [];
  const actions: Float32Array[][] = [];
  for (const slot of slots) {
    const length = replay.lengthOf(slot);
    const before = new Float32Array(observation);
    const after = new Float32Array(observation);
    changes.push([]);
    actions.push([]);
    for (let step = 0; step < length; step++) {
      replay.readObservation(slot, step, before, 0);
      replay.readObservation(slot, step + 1, after, 0);
      changes.at(-1)?.push(Float64Array.from(after, (x, i) => x - before[i]!));
      const taken = new Float32Array(action);
      replay.readAction(slot, step, taken, 0);
      actions.at(-1)?.push(taken);
    }
  }
  const lags = Math.min(MAX_LAG + 1, replay.sizes.maxSteps - 1);
  return Array.from({ length: lags }, (_, lag) =>
    Array.from({ length: action }, (_unused, i) => responseAt(actions, changes, i, lag, observation)),
  );
}

function responseAt(
  actions: readonly (readonly Float32Array[])[],
  changes: readonly (readonly Float64Array[])[],
  action: number,
  lag: number,
  observations: number,
): Response {
  let count = 0;
  let sumA = 0;
  let sumAA = 0;
  const sumC = new Float64Array(observations);
  const sumCC = new Float64Array(observations);
  const sumAC = new Float64Array(observations);
  for (const [episode, steps] of changes.entries()) {
    for (let step = lag; step < steps.length; step++) {
      const a = actions[episode]![step - lag]![action]!;
      const change = steps[step]!;
      count += 1;
      sumA += a;
      sumAA += a * a;
      for (let j = 0; j < observations; j++) {
        const c = change[j]!;
        sumC[j]! += c;
        sumCC[j]! += c * c;
        sumAC[j]! += a * c;
      }
    }
  }
  const varianceA = sumAA / count - (sumA / count) ** 2;
  let correlation = 0;
  let observation = 0;
  const slopes: number[] = [];
  for (let j = 0; j < observations; j++) {
    const covariance = sumAC[j]! / count - (sumA / count) * (sumC[j]! / count);
    const varianceC = sumCC[j]! / count - (sumC[j]! / count) ** 2;
    slopes.push(varianceA > 0 ? covariance / varianceA : 0);
    const r = varianceA > 0 && varianceC > 0 ? Math.abs(covariance) / Math.sqrt(varianceA * varianceC) : 0;
    if (r <= correlation) continue;
    correlation = r;
    observation = j;
  }
  return { correlation, observation, slopes };
}

/** Times the intact spread of the episodes' first achieved goals beyond which they start elsewhere. */
const MAX_START_SPREAD = 3;

/** Returns whether the warm-up's episodes start about where the environment's do: with carried-over starts they do not. */
export function startsAlike(
  replay: ReplayBuffer,
  warmup: readonly number[],
  reference: ReplayBuffer,
): boolean {
  const spread = (of: ReplayBuffer, slots: readonly number[]) => {
    const starts = slots.map((slot) => {
      const start = new Float32Array(of.sizes.goal);
      of.readAchievedGoal(slot, 0, start, 0);
      return start;
    });
    const deviations = Array.from({ length: of.sizes.goal }, (_, i) =>
      standardDeviation(starts.map((start) => start[i]!)),
    );
    return Math.hypot(...deviations);
  };
  return spread(replay, warmup) <= MAX_START_SPREAD * spread(reference, allSlots(reference));
}

function blankActions(replay: ReplayBuffer, slots: readonly number[]): number {
  const action = new Float32Array(replay.sizes.action);
  let blank = 0;
  let count = 0;
  for (const slot of slots) {
    for (let step = 0; step < replay.lengthOf(slot); step++) {
      replay.readAction(slot, step, action, 0);
      if (action.every((x) => x === 0)) blank += 1;
      count += 1;
    }
  }
  return blank / count;
}

/** Standard deviation of each observation over all episodes. */
function spreads(replay: ReplayBuffer): number[] {
  const size = replay.sizes.observation;
  const rows = allSlots(replay).flatMap((slot) =>
    Array.from({ length: replay.lengthOf(slot) + 1 }, (_, moment) => {
      const row = new Float32Array(size);
      replay.readObservation(slot, moment, row, 0);
      return row;
    }),
  );
  return Array.from({ length: size }, (_, i) => standardDeviation(rows.map((row) => row[i]!)));
}

/** Cosine of two vectors whose elements have these units; elements that do not vary are left out. */
function cosine(a: readonly number[], b: readonly number[], units: readonly number[]): number {
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [i, unit] of units.entries()) {
    if (unit === 0) continue;
    const [x, y] = [a[i]! / unit, b[i]! / unit];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return product / Math.sqrt(squaresA * squaresB);
}

function meanStrength(at: readonly Response[]): number {
  return at.reduce((sum, { correlation }) => sum + correlation, 0) / at.length;
}

function largest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
