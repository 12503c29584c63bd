/**
 * @file What differs from episode to episode: the arm's masses, damping and strength, friction, delay, noise.
 *
 * Domain randomisation (Peng et al. 2018, arXiv:1710.06537). All of it is drawn from streams of its
 * own, so starts and goals are the same with it and without.
 */

import type { Box } from "../shared/box.ts";
import type { EnvConfig } from "../shared/config.ts";
import { InputError } from "../shared/errors.ts";
import { Rng } from "../shared/rng.ts";
import { type ArmModel, checkArmModel } from "./arm/arm-model.ts";
import type { Inertia } from "./arm/mass-properties.ts";

export type VariationConfig = EnvConfig["variation"];

/** What was drawn for an episode. */
export interface EpisodeVariation {
  /** Factor on each link's mass and inertia, [N]. */
  readonly mass: readonly number[];
  /** Factor on each joint's damping, [N]. */
  readonly damping: readonly number[];
  /** Factor on the torque that each motor gives, [N]. */
  readonly torque: readonly number[];
  /** Seconds until an action takes effect. */
  readonly delay: number;
  /** Factor on the friction of every contact. */
  readonly friction: number;
}

/** Draws and applies what varies. */
export class Variation {
  readonly #config: VariationConfig;
  readonly #model: ArmModel;
  readonly #physicsTimestep: number;
  /** Of the present episode. */
  #rng = Rng.fromSeed(0);
  #drawn: EpisodeVariation;

  /** Throws InputError if some arm that could be drawn cannot exist or be held together. */
  constructor(config: VariationConfig, model: ArmModel, physicsTimestep: number) {
    this.#config = config;
    this.#model = model;
    this.#physicsTimestep = physicsTimestep;
    const every = (factor: number) => model.links.map(() => factor);
    this.#drawn = { mass: every(1), damping: every(1), torque: every(1), delay: 0, friction: 1 };
    if (!this.variesArm) return;
    // The lightest links with the most damping are the ones that an explicit step takes least well.
    const worst = { ...this.#drawn, mass: every(config.mass[0]), damping: every(config.damping[1]) };
    try {
      checkArmModel(varied(model, worst), physicsTimestep);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`env.variation: ${error.message.replaceAll("\n", "\nenv.variation: ")}`);
    }
  }

  /** What was drawn for the present episode. */
  get drawn(): EpisodeVariation {
    return this.#drawn;
  }

  /** Half the range about home that joints start in, rad. */
  get startNoise(): number {
    return this.#config.startNoise;
  }

  /** Whether links or joints differ between episodes. */
  get variesArm(): boolean {
    const { mass, damping } = this.#config;
    return [...mass, ...damping].some((factor) => factor !== 1);
  }

  /** Whether every episode is like every other, starts apart. */
  get isNone(): boolean {
    return !this.#draws && this.#config.observationNoise === 0;
  }

  get #draws(): boolean {
    const { torque, friction } = this.#config;
    return this.variesArm || this.delays || [...torque, ...friction].some((factor) => factor !== 1);
  }

  /** Whether actions can take effect late. */
  get delays(): boolean {
    return this.#config.delay[1] > 0;
  }

  /** The delay of the present episode, in substeps. */
  get delaySubsteps(): number {
    return Math.round(this.#drawn.delay / this.#physicsTimestep);
  }

  /**
   * Draws anew for an episode.
   *
   * @param rng     the environment's stream: nothing is drawn from it
   * @param episode the how-manieth since it was seeded
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

  /** The arm of the present episode. */
  arm(): ArmModel {
    return varied(this.#model, this.#drawn);
  }

  /** Adds the noise of a moment to an observation, and keeps it in its space: the same however often one looks. */
  disturb(observation: Float32Array, { low, high }: Box, substep: number): void {
    const { observationNoise } = this.#config;
    if (observationNoise === 0) return;
    const noise = this.#rng.fork(`noise ${substep}`);
    for (let i = 0; i < observation.length; i++) {
      const seen = observation[i]! + observationNoise * noise.normal();
      observation[i] = Math.min(Math.max(seen, low[i]!), high[i]!);
    }
  }
}

function varied(model: ArmModel, { mass, damping }: EpisodeVariation): ArmModel {
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
