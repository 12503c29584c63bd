/** @file An arm with its controller and action noise: played by the clip recorder and by live sessions. */

import { Exploration, NO_EXPLORATION } from "../../agent/exploration.ts";
import { checkPolicyFits } from "../../agent/policy.ts";
import type { InteractiveArm } from "../../env/interactive-arm.ts";
import { makeInteractive } from "../../env/registry.ts";
import { refuse, unquoted } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import type { Controller } from "./controller.ts";

/** The start of an episode. */
export interface Start {
  readonly seed: number;
  /** Replaces the goal drawn from the seed, metres. */
  readonly goal?: Vec3 | undefined;
  /** Standard deviation of Gaussian noise on each component of an action. */
  readonly noise: number;
}

export class ControlledArm {
  readonly arm: InteractiveArm;
  readonly controller: Controller;
  /** The current action, [A]. Read-only. */
  readonly action: Float32Array;
  /** Q(s, a) when the current action was chosen; NaN without a critic. */
  value = Number.NaN;
  #noise: Exploration;
  #rng = Rng.fromSeed(0);
  #substepsToNextAction = 0;

  private constructor(arm: InteractiveArm, controller: Controller) {
    this.arm = arm;
    this.controller = controller;
    this.action = new Float32Array(arm.sizes.action);
    this.#noise = gaussian(0, arm.sizes.action);
  }

  /**
   * Creates an arm in the controller's environment. The caller disposes of it.
   *
   * @param where source of the controller, for error messages
   * @throws InputError if the environment has no arm, or the controller does not fit it
   */
  static async create(controller: Controller, where: string): Promise<ControlledArm> {
    const { file } = controller.env.module;
    if (file !== "")
      throw refuse(
        where,
        "an arm to draw",
        unquoted(`the environment of ${file}`),
        "Its training curves and findings are in the panel",
      );
    const arm = await makeInteractive(controller.env, controller.gamma);
    if (controller.sizes !== undefined) {
      checkPolicyFits(controller.sizes, arm.sizes, where, controller.env.id);
    }
    return new ControlledArm(arm, controller);
  }

  /** Starts an episode. Throws InputError if the goal is out of reach. */
  begin({ seed, goal, noise }: Start): void {
    this.arm.reset(goal === undefined ? { seed } : { seed, goal: this.arm.projectGoal(goal) });
    this.controller.begin(seed, this.action.length);
    this.#rng = Rng.fromSeed(seed).fork("viewer noise");
    this.setNoise(noise);
    this.action.fill(0);
    this.value = Number.NaN;
    this.#substepsToNextAction = 0;
  }

  /** Puts the arm at rest at joint angles, [N] rad; the next action follows at once. Throws InputError if they are invalid. */
  pose(angles: readonly number[]): void {
    this.arm.pose(angles);
    this.#substepsToNextAction = 0;
  }

  setNoise(noise: number): void {
    this.#noise = gaussian(noise, this.action.length);
  }

  /** Advances the simulation, choosing actions when they are due. Throws InputError if the simulation diverges. */
  advance(substeps: number): void {
    for (let remaining = substeps; remaining > 0; ) {
      if (this.#substepsToNextAction === 0) this.#chooseAction();
      const count = Math.min(remaining, this.#substepsToNextAction);
      this.arm.advance(count);
      this.#substepsToNextAction -= count;
      remaining -= count;
    }
  }

  dispose(): void {
    this.arm.dispose();
  }

  #chooseAction(): void {
    const observation = this.arm.observe();
    this.controller.choose(observation, this.action);
    this.#noise.perturb(this.action, 1, this.#rng);
    this.value = this.controller.value?.(observation, this.action) ?? Number.NaN;
    this.arm.act(this.action);
    this.#substepsToNextAction = this.arm.timing.substeps;
  }
}

function gaussian(noiseScale: number, actionSize: number): Exploration {
  return new Exploration({ ...NO_EXPLORATION, noiseScale }, actionSize);
}
