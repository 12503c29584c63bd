/**
 * @file What the newest checkpoint says that no metric does: what the networks are shown, which units
 * are dead, how far an update moves the weights, how much exploration was really played.
 */

import { actorLayout, criticLayouts } from "../agent/architecture.ts";
import type { AgentState } from "../agent/ddpg.ts";
import type { MlpLayout } from "../agent/graph/mlp-layout.ts";
import { type InputNormalizers, inputSize, writeInputs } from "../agent/network-inputs.ts";
import { Normalizer } from "../agent/normalizer.ts";
import { Policy } from "../agent/policy.ts";
import type { RunConfig } from "../shared/config.ts";
import { refuse } from "../shared/errors.ts";
import type { RelativeGoal } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";

/** Newest episodes that are looked at: about what the present policy did. */
const NEWEST_EPISODES = 4;

/** Stored moments that averages are taken over. */
const MOMENTS = 512;

/** As in agent/graph/adam.ts. */
const ADAM_EPSILON = 1e-8;

/** Figures of a checkpoint; a figure that cannot be had is NaN. */
export type ProbeMetrics = Readonly<Record<string, number>>;

/** The task that a checkpoint's numbers are of. */
export interface ProbedTask {
  readonly maxSteps: number;
  /** Metres within which a goal counts as achieved. */
  readonly successDistance: number;
  /** Where networks are shown how far off the goal is, as its environment says. */
  readonly relativeGoal?: RelativeGoal;
}

/**
 * Looks at a saved agent.
 *
 * @param state of a run with this config; not changed
 * @returns figures by name, defined in docs/doctor.md
 * @throws InputError if its networks are not as its config says
 */
export function probeCheckpoint(state: AgentState, config: RunConfig, task: ProbedTask): ProbeMetrics {
  const shape = sizesOf(state, task.maxSteps);
  if (shape === undefined) return {};
  const probe = new Probe(state, config, task, shape);
  return {
    ...probe.inputs(),
    ...probe.units(),
    ...probe.exploration(),
    ...weights(state, config, probe.layouts),
    "probe/replay_episodes": state.memory.replay.lengths.length,
  };
}

interface Layouts {
  readonly actor: readonly MlpLayout[];
  readonly critic: readonly MlpLayout[];
}

interface Shape {
  readonly observation: number;
  readonly goal: number;
  readonly action: number;
}

/** Undefined while nothing is stored, or where what is stored is not of such episodes. */
function sizesOf({ memory }: AgentState, maxSteps: number): Shape | undefined {
  const { replay, normalizers } = memory;
  const episodes = replay.lengths.length;
  const observation = normalizers.observation.mean.length;
  const goal = normalizers.goal.mean.length;
  const fits = replay.observations.length === episodes * (maxSteps + 1) * observation;
  if (episodes === 0 || !fits) return undefined;
  return { observation, goal, action: replay.actions.length / (episodes * maxSteps) };
}

class Probe {
  readonly #state: AgentState;
  readonly #config: RunConfig;
  readonly #task: ProbedTask;
  readonly #shape: Shape;
  readonly #normalizers: InputNormalizers;
  readonly #inputSize: number;
  readonly layouts: Layouts;
  readonly #policy: Policy;
  /** Episode and step of the moments looked at. */
  readonly #moments: readonly (readonly [slot: number, step: number])[];

  constructor(state: AgentState, config: RunConfig, task: ProbedTask, shape: Shape) {
    this.#state = state;
    this.#config = config;
    this.#task = task;
    this.#shape = shape;
    const clip = config.agent.normalize ? config.agent.normalizeClip : Number.POSITIVE_INFINITY;
    this.#normalizers = {
      observation: new Normalizer(shape.observation, clip),
      goal: new Normalizer(shape.goal, clip),
      ...(task.relativeGoal === undefined ? {} : { relativeGoal: task.relativeGoal }),
    };
    this.#normalizers.observation.setState(state.memory.normalizers.observation, "checkpoint: observation");
    this.#normalizers.goal.setState(state.memory.normalizers.goal, "checkpoint: goal");
    this.#inputSize = inputSize({ ...shape, ...task });
    const networkSizes = { inputs: this.#inputSize, actions: shape.action };
    const actor = actorLayout(config.agent, networkSizes);
    const critics = criticLayouts(config.agent, networkSizes);
    this.layouts = { actor: [actor], critic: critics };
    const played = (layout: MlpLayout, network: "actor" | "critic") => {
      const weights = state.learner.vectors[network];
      if (weights?.length !== layout.size) {
        throw refuse(`checkpoint: ${network}`, `${layout.size} weights, as its config says`, weights?.length);
      }
      return { layout, weights: () => weights };
    };
    this.#policy = new Policy(
      this.#normalizers,
      played(actor, "actor"),
      critics.map((layout) => played(layout, "critic")),
      config.agent.invertGradients ? "clip" : "tanh",
    );
    const rng = Rng.fromSeed(config.train.seed).fork("doctor");
    const { lengths } = state.memory.replay;
    this.#moments = Array.from({ length: MOMENTS }, () => {
      const slot = rng.integer(lengths.length);
      return [slot, rng.integer(lengths[slot]!)] as const;
    });
  }

  /** How large the networks' inputs are, and how much of one the success distance is. */
  inputs(): ProbeMetrics {
    const { goal } = this.#shape;
    const seen = new Float32Array(this.#inputSize);
    let squares = 0;
    for (const [slot, step] of this.#moments) {
      writeInputs(
        this.#normalizers,
        this.#observation(slot, step),
        this.#desired(slot),
        1,
        seen,
        seen.length,
      );
      for (const x of seen) squares += x * x;
    }
    let deviation = 0;
    for (let i = 0; i < goal; i++) deviation += this.#normalizers.goal.std(i) / goal;
    return {
      "probe/input_rms": Math.sqrt(squares / (MOMENTS * seen.length)),
      "probe/success_in_inputs": this.#task.successDistance / deviation,
    };
  }

  /** Share of hidden units that are 0 at every moment looked at. */
  units(): ProbeMetrics {
    const actor: boolean[][] = [];
    const critic: boolean[][] = [];
    const action = new Float32Array(this.#shape.action);
    for (const [slot, step] of this.#moments) {
      const seen = this.#seen(slot, step);
      this.#policy.act(seen, action);
      markAlive(actor, this.#policy.actorFeatures);
      this.#policy.value(seen, action);
      markAlive(critic, this.#policy.criticFeatures);
    }
    return { "probe/dead_actor": mostDead(actor), "probe/dead_critic": mostDead(critic) };
  }

  /**
   * How far the newest episodes' actions are from what the present policy would do, and how much of that
   * is noise rather than the policy having moved on since: the deviation's second difference in time.
   */
  exploration(): ProbeMetrics {
    const { replay } = this.#state.memory;
    const { maxSteps } = this.#task;
    const { action: size } = this.#shape;
    const { parameterNoise } = this.#config.agent.exploration;
    const capacity = replay.lengths.length;
    const chosen = new Float32Array(size);
    let squares = 0;
    let jitter = 0;
    let count = 0;
    let bends = 0;
    for (let back = 1; back <= Math.min(NEWEST_EPISODES, capacity); back++) {
      const slot = (replay.nextSlot - back + 2 * capacity) % capacity;
      const differences: Float64Array[] = [];
      for (let step = 0; step < replay.lengths[slot]!; step++) {
        this.#policy.act(this.#seen(slot, step), chosen);
        const at = (slot * maxSteps + step) * size;
        const difference = Float64Array.from(chosen, (a, i) => replay.actions[at + i]! - a);
        for (const d of difference) squares += d * d;
        count += size;
        differences.push(difference);
      }
      for (let t = 1; t + 1 < differences.length; t++) {
        const [before, now, after] = [differences[t - 1]!, differences[t]!, differences[t + 1]!];
        for (let i = 0; i < size; i++) {
          jitter += (before[i]! - 2 * now[i]! + after[i]!) ** 2;
        }
        bends += size;
      }
    }
    return {
      "probe/exploration": Math.sqrt(squares / count),
      // White noise of deviation 1 bends with deviation √6. Noise on weights is smooth in time: it cannot be told so.
      "probe/exploration_jitter": parameterNoise > 0 ? Number.NaN : Math.sqrt(jitter / (6 * bends)),
    };
  }

  #seen(slot: number, step: number) {
    return {
      observation: this.#observation(slot, step),
      achievedGoal: this.#achieved(slot, step),
      desiredGoal: this.#desired(slot),
    };
  }

  #observation(slot: number, step: number): Float32Array {
    const { observation } = this.#shape;
    const at = (slot * (this.#task.maxSteps + 1) + step) * observation;
    return this.#state.memory.replay.observations.subarray(at, at + observation);
  }

  #achieved(slot: number, moment: number): Float32Array {
    const { goal } = this.#shape;
    const at = (slot * (this.#task.maxSteps + 1) + moment) * goal;
    return this.#state.memory.replay.achievedGoals.subarray(at, at + goal);
  }

  #desired(slot: number): Float32Array {
    const { goal } = this.#shape;
    return this.#state.memory.replay.desiredGoals.subarray(slot * goal, (slot + 1) * goal);
  }
}

/**
 * How far the hidden layers' weights are from their first size, and how far the last update moved them, relatively.
 *
 * Biases and the last layer are left out: settings and faults may begin them at any size.
 */
function weights({ learner }: AgentState, { agent }: RunConfig, layouts: Layouts): ProbeMetrics {
  const rates = { actor: agent.actorLearningRate, critic: agent.criticLearningRate };
  const found: Record<string, number> = {};
  for (const network of ["actor", "critic"] as const) {
    const { vectors } = learner;
    const values = vectors[network] ?? new Float32Array(0);
    const sum = vectors[`${network}/sum`] ?? new Float32Array(0);
    const squareSum = vectors[`${network}/squareSum`] ?? new Float32Array(0);
    const [count = 0, squareCount = 0] = vectors[`${network}/count`] ?? [];
    let squares = 0;
    let first = 0;
    let moved = 0;
    for (const { sizes, parts } of layouts[network]) {
      for (const { name, offset, size, shape } of parts) {
        const [layer, kind] = name.split(".");
        if (kind !== "weight" || Number(layer) === sizes.length - 2) continue;
        // Uniform in ±1/√inputs.
        first += size / (3 * shape[0]!);
        for (let i = offset; i < offset + size; i++) {
          squares += values[i]! ** 2;
          const step = sum[i]! / count / (Math.sqrt(squareSum[i]! / squareCount) + ADAM_EPSILON);
          moved += (rates[network] * step) ** 2;
        }
      }
    }
    found[`probe/${network}_growth`] = Math.sqrt(squares / first);
    found[`probe/${network}_step`] = Math.sqrt(moved / squares);
  }
  return found;
}

function markAlive(alive: boolean[][], layers: readonly Float64Array[]): void {
  for (const [i, layer] of layers.entries()) {
    alive[i] ??= Array.from(layer, () => false);
    for (let j = 0; j < layer.length; j++) if (layer[j]! !== 0) alive[i]![j] = true;
  }
}

/** Of the layer that has the most dead units, their share: one dead layer is enough to cut a network off. */
function mostDead(alive: readonly (readonly boolean[])[]): number {
  return Math.max(...alive.map((units) => units.filter((unit) => !unit).length / units.length));
}
