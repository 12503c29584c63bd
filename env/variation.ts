/**
 * @file Domain randomisation (Peng et al. 2018, arXiv:1710.06537): arm parameters, friction, delay and noise per episode.
 *
 * All draws come from streams of their own, so start angles and goals are the same with and without variation.
 */

import type { Box } from "../shared/box.ts";
import type { EnvConfig } from "../shared/config.ts";
import { InputError } from "../shared/errors.ts";
import { Rng } from "../shared/rng.ts";
import { type ArmModel, checkArmModel } from "./arm/arm-model.ts";
import type { Inertia } from "./arm/mass-properties.ts";

export type VariationConfig = EnvConfig["variation"];

/** Parameters drawn for one episode. */
export interface EpisodeVariation {
  /** Factor on each link's mass and inertia, [N]. */
  readonly mass: readonly number[];
  /** Factor on each joint's damping, [N]. */
  readonly damping: readonly number[];
  /** Factor on each motor's torque, [N]. */
  readonly torque: readonly number[];
  /** Seconds until an action takes effect. */
  readonly delay: number;
  /** Factor on the friction of every contact. */
  readonly friction: number;
}

/** Draws the parameters of each episode and applies them. */
export class Variation {
  readonly #config: VariationConfig;
  readonly #model: ArmModel;
  readonly #physicsTimestep: number;
  /** Stream of the current episode. */
  #rng = Rng.fromSeed(0);
  #drawn: EpisodeVariation;

  /** Throws InputError if some arm that could be drawn is invalid or unstable. */
  constructor(config: VariationConfig, model: ArmModel, physicsTimestep: number) {
    this.#config = config;
    this.#model = model;
    this.#physicsTimestep = physicsTimestep;
    const every = (factor: number) => model.links.map(() => factor);
    this.#drawn = { mass: every(1), damping: every(1), torque: every(1), delay: 0, friction: 1 };
    if (!this.variesArm) return;
    // Explicit damping is least stable with the lightest links and the highest damping.
    const worst = { ...this.#drawn, mass: every(config.mass[0]), damping: every(config.damping[1]) };
    try {
      checkArmModel(variedModel(model, worst), physicsTimestep);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.message.split("\n").map((line) => `env.variation: ${line}`));
    }
  }

  /** Parameters of the current episode. */
  get drawn(): EpisodeVariation {
    return this.#drawn;
  }

  /** Half the range about home from which start angles are drawn, rad. */
  get startNoise(): number {
    return this.#config.startNoise;
  }

  /** Whether the arm's masses or damping vary. */
  get variesArm(): boolean {
    const { mass, damping } = this.#config;
    return [...mass, ...damping].some((factor) => factor !== 1);
  }

  /** Whether nothing but start angles and goals differs between episodes. */
  get isNone(): boolean {
    return !this.#draws && this.#config.observationNoise === 0;
  }

  get #draws(): boolean {
    const { torque, friction, delay } = this.#config;
    return this.variesArm || delay[1] > 0 || [...torque, ...friction].some((factor) => factor !== 1);
  }

  /** Action delay of the current episode in substeps. */
  get delaySubsteps(): number {
    return Math.round(this.#drawn.delay / this.#physicsTimestep);
  }

  /**
   * Draws the parameters of an episode.
   *
   * @param rng     the environment's stream; only forked, so its state does not change
   * @param episode 1-based episode index since seeding
   */
  begin(rng: Rng, episode: number): void {
    this.#rng = rng.fork(`variation ${episode}`);
    const { mass, damping, torque, delay, friction } = this.#config;
    if (!this.#draws) return;
    const stream = this.#rng.fork("arm");
    const each = ([low, high]: readonly [number, number]) =>
      this.#model.links.map(() => stream.uniformIn(low, high));
    this.#drawn = {
      mass: each(mass),
      damping: each(damping),
      torque: each(torque),
      delay: stream.uniformIn(delay[0], delay[1]),
      friction: stream.uniformIn(friction[0], friction[1]),
    };
  }

  /** Returns the arm model of the current episode. */
  model(): ArmModel {
    return variedModel(this.#model, this.#drawn);
  }

  /** Adds observation noise in place and clips to the space; repeated calls for one substep add the same noise. */
  addNoise(observation: Float32Array, { low, high }: Box, substep: number): void {
    const { observationNoise } = this.#config;
    if (observationNoise === 0) return;
    const stream = this.#rng.fork(`noise ${substep}`);
    for (let i = 0; i < observation.length; i++) {
      const noisy = observation[i]! + observationNoise * stream.normal();
      observation[i] = Math.min(Math.max(noisy, low[i]!), high[i]!);
    }
  }
}

function variedModel(model: ArmModel, { mass, damping }: EpisodeVariation): ArmModel {
  return {
    ...model,
    links: model.links.map((link, i) => ({
      ...link,
      mass: link.mass * mass[i]!,
      inertia: scaled(link.inertia, mass[i]!),
      damping: link.damping * damping[i]!,
    })),
  };
}

function scaled([xx, yy, zz, xy, xz, yz]: Inertia, factor: number): Inertia {
  return [xx * factor, yy * factor, zz * factor, xy * factor, xz * factor, yz * factor];
}
