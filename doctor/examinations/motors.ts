/**
 * @file What do the motors make of an action? For each stored step, the action with which the intact arm moves as the run's
 * did, beside the one that was commanded.
 *
 * From the start of an episode, which its seed gives, Newton's method finds the action whose step ends in the stored
 * observation, and the next step starts there (input estimation by inverting the model, as in Ljung 1999, §3). What relates
 * these actions to the commanded ones is the fault: a factor, a delay, another motor, noise.
 */

import { ArmEnv, type ArmEnvState } from "../../env/arm-env.ts";
import { median, standardDeviation } from "../../shared/statistics.ts";
import { trainingReset } from "../../training/carry-over.ts";
import { type ExaminedRun, storedObservation } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";
import { solve } from "./linear-probe.ts";
import { differs, freshEpisodes } from "./repeated-episodes.ts";
import { difference, norm, product } from "./vectors.ts";

/** Simulated steps in all, about a second. */
const SIMULATED_STEPS = 2400;

/** Explained steps after which no other episode is played. */
const MAX_SAMPLES = 300;

/** Steps of an episode, so that a delay and what comes after it are in them. */
const MAX_STEPS = 30;

/** Change of an action for a derivative. */
const DELTA = 0.05;

/** Newton's steps with the first derivatives. */
const ITERATIONS = 4;

/** Distance from the stored observation, over what the largest action changes, up to which an action explains a step. */
const EXPLAINED = 0.01;

/** The same, at which no better action is looked for. */
const EXACT = 0.001;

/** Fewer steps give laws by chance. */
const MIN_STEPS = 30;

const MAX_LAG = 20;

/** Variance of the effective action that a delay must explain more than none does. */
const MIN_GAIN = 0.05;

/**
 * Of stored episodes that start as intact ones. `exam/motor_steps`: steps that are explained by an action.
 * `exam/motor_least_gain`, `exam/motor_most_gain`: over motors, the factor from the commanded to the effective action; 1 if
 * intact. `exam/motor_delay`: steps, the largest over motors. `exam/motors_crossed`: motors that follow another one's
 * command. `exam/motor_offset`: largest constant part of an effective action. `exam/motor_noise`: standard deviation of what
 * is left, median over motors. `exam/motors_explained`: share of the effective actions' variance that the commands explain.
 */
export function examineMotors(run: ExaminedRun): Figures | string {
  const { intact, replay, unrepeatable, sizes } = run;
  if (unrepeatable !== undefined) return unrepeatable;
  if (intact === undefined) return NO_ENVIRONMENT;
  const { env } = intact;
  if (!(env instanceof ArmEnv)) return "the environment is not one of the simulated arms";
  const steps: Inverted[] = [];
  let simulated = 0;
  const simulate: Simulate = (state, action) => {
    simulated += 1;
    env.restoreState(state);
    return env.step(action).observation;
  };
  for (const { seed, slot } of freshEpisodes(run)) {
    if (simulated >= SIMULATED_STEPS || steps.length >= MAX_SAMPLES) break;
    const start = env.reset(trainingReset(seed, undefined));
    const stored = storedObservation(replay, slot, 0);
    if (differs(start.observation, stored.observation)) continue;
    const commanded: Float32Array[] = [];
    for (let step = 0; step < Math.min(replay.lengthOf(slot), MAX_STEPS); step++) {
      const action = new Float32Array(sizes.action);
      replay.readAction(slot, step, action, 0);
      commanded.push(action);
      const target = storedObservation(replay, slot, step + 1).observation;
      const effective = effectiveAction(env.saveState(), simulate, action, target);
      if (effective === undefined) break;
      steps.push({ commanded: commanded.toReversed(), effective });
    }
  }
  return steps.length < MIN_STEPS ? { "exam/motor_steps": steps.length } : lawOf(steps, sizes.action);
}

/** Plays an action from a state, and returns what is observed then. */
type Simulate = (state: ArmEnvState, action: ArrayLike<number>) => Float32Array;

/** A step that an action explains. */
interface Inverted {
  /** The episode's commands up to this step, newest first. */
  readonly commanded: readonly Float32Array[];
  readonly effective: Float64Array;
}

/** The action after which the arm is where it was seen, and moves there; undefined if there is none. */
function effectiveAction(
  state: ArmEnvState,
  simulate: Simulate,
  commanded: Float32Array,
  target: Float32Array,
): Float64Array | undefined {
  let action = Float64Array.from(commanded, clipped);
  let reached = simulate(state, action);
  if (!differs(reached, target)) return action;
  const columns = Array.from(action, (x, i) => {
    const delta = x > 0 ? -DELTA : DELTA;
    const response = simulate(state, action.with(i, x + delta));
    return difference(response, reached).map((change) => change / delta);
  });
  const scale = Math.hypot(...columns.map(norm));
  for (let i = 0; i < ITERATIONS; i++) {
    const change = leastSquares(columns, difference(target, reached));
    action = action.map((x, j) => clipped(x + change[j]!));
    reached = simulate(state, action);
    if (norm(difference(target, reached)) <= EXACT * scale) break;
  }
  return norm(difference(target, reached)) <= EXPLAINED * scale ? action : undefined;
}

/** The linear law from commands to effective actions. */
function lawOf(steps: readonly Inverted[], size: number): Figures {
  const motors = Array.from({ length: size }, (_, motor) => {
    // At its bounds an effective action may be cut off.
    const inside = steps.filter(({ effective: of }) => Math.abs(of[motor]!) < 0.999);
    const used = inside.length < MIN_STEPS ? steps : inside;
    const effective = used.map((step) => step.effective[motor]!);
    const command = (other: number, lag: number) => used.map(({ commanded }) => commanded[lag]?.[other] ?? 0);
    const own = lineThrough(command(motor, 0), effective);
    const lags = Array.from({ length: MAX_LAG + 1 }, (_unused, lag) =>
      lineThrough(command(motor, lag), effective),
    );
    const others = Array.from({ length: size }, (_unused, other) =>
      lineThrough(command(other, 0), effective),
    );
    const bestLag = indexOfBest(lags);
    const bestOther = indexOfBest(others);
    const late = lags[bestLag]!.explained > own.explained + MIN_GAIN;
    const crossed = bestOther !== motor && others[bestOther]!.explained > lags[bestLag]!.explained + MIN_GAIN;
    const law = crossed ? others[bestOther]! : late ? lags[bestLag]! : own;
    return { ...law, crossed, delay: late && !crossed ? bestLag : 0, spread: standardDeviation(effective) };
  });
  const variance = motors.reduce((sum, { spread }) => sum + spread ** 2, 0);
  const left = motors.reduce((sum, { noise }) => sum + noise ** 2, 0);
  return {
    "exam/motor_steps": steps.length,
    "exam/motor_least_gain": Math.min(...motors.map(({ gain }) => gain)),
    "exam/motor_most_gain": Math.max(...motors.map(({ gain }) => gain)),
    "exam/motor_delay": Math.max(...motors.map(({ delay }) => delay)),
    "exam/motors_crossed": motors.filter(({ crossed }) => crossed).length,
    "exam/motor_offset": Math.max(...motors.map(({ offset }) => Math.abs(offset))),
    "exam/motor_noise": median(motors.map(({ noise }) => noise)),
    "exam/motors_explained": variance > 0 ? 1 - left / variance : Number.NaN,
  };
}

interface Law {
  readonly gain: number;
  readonly offset: number;
  /** Standard deviation of what is left. */
  readonly noise: number;
  /** Share of the variance. */
  readonly explained: number;
}

function lineThrough(x: readonly number[], y: readonly number[]): Law {
  const count = x.length;
  const [meanX, meanY] = [x, y].map((values) => values.reduce((sum, each) => sum + each, 0) / count) as [
    number,
    number,
  ];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    xx += (x[i]! - meanX) ** 2;
    xy += (x[i]! - meanX) * (y[i]! - meanY);
    yy += (y[i]! - meanY) ** 2;
  }
  const gain = xx > 0 ? xy / xx : 0;
  const left = Math.max(0, yy - gain * xy);
  return {
    gain,
    offset: meanY - gain * meanX,
    noise: Math.sqrt(left / count),
    explained: yy > 0 ? 1 - left / yy : 0,
  };
}

function indexOfBest(laws: readonly Law[]): number {
  return laws.reduce((best, { explained }, i) => (explained > laws[best]!.explained ? i : best), 0);
}

/** Minimises ‖Σ xᵢ columnᵢ − target‖. */
function leastSquares(columns: readonly Float64Array[], target: Float64Array): number[] {
  const ridge = 1e-9 * Math.max(...columns.map((column) => product(column, column)));
  const gram = columns.map((a, i) =>
    Float64Array.from(columns, (b, j) => product(a, b) + (i === j ? ridge : 0)),
  );
  const right = columns.map((column) => Float64Array.of(product(column, target)));
  solve(gram, right);
  return right.map(([x]) => x!);
}

const clipped = (x: number) => Math.min(1, Math.max(-1, x));
