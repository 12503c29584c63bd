/** @file An arm and who moves it, with noise on its actions: what clips are recorded of and live sessions show. */

import { Exploration, NO_EXPLORATION } from "../../agent/exploration.ts";
import { checkPolicyFits } from "../../agent/policy.ts";
import type { InteractiveArm } from "../../env/interactive-arm.ts";
import { makeInteractive } from "../../env/registry.ts";
import { Rng } from "../../shared/rng.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import type { Player } from "./player.ts";

/** How an episode starts. */
export interface Start {
  readonly seed: number;
  /** Instead of the goal drawn for the seed, metres. */
  readonly goal?: Vec3 | undefined;
  /** Deviation of Gaussian noise on each number of an action. */
  readonly noise: number;
}

export class PlayedArm {
  readonly arm: InteractiveArm;
  readonly player: Player;
  /** The action that is held, [A]; its own, for reading. */
  readonly action: Float32Array;
  /** Q(s, a) when that action was chosen; NaN without a critic. */
  value = Number.NaN;
  #noise: Exploration;
  #rng = Rng.fromSeed(0);
  /** Substeps until the next action is due. */
  #left = 0;

  private constructor(arm: InteractiveArm, player: Player) {
    this.arm = arm;
    this.player = player;
    this.action = new Float32Array(arm.sizes.action);
    this.#noise = gaussian(0, arm.sizes.action);
  }

  /**
   * Makes an arm of the player's environment; whoever asked disposes of it.
   *
   * @param where whose player it is, for errors
   * @throws InputError if the player does not fit its environment
   */
  static async make(player: Player, where: string): Promise<PlayedArm> {
    const arm = await makeInteractive(player.env, player.gamma);
    if (player.sizes !== undefined) checkPolicyFits(player.sizes, arm.sizes, where, player.env.id);
    return new PlayedArm(arm, player);
  }

  /** Starts an episode. Throws InputError if the goal is out of all reach. */
  begin({ seed, goal, noise }: Start): void {
    this.arm.reset(goal === undefined ? { seed } : { seed, goal: this.arm.projectGoal(goal) });
    this.player.begin(seed, this.action.length);
    this.#rng = Rng.fromSeed(seed).fork("viewer noise");
    this.setNoise(noise);
    this.action.fill(0);
    this.value = Number.NaN;
    this.#left = 0;
  }

  setNoise(noise: number): void {
    this.#noise = gaussian(noise, this.action.length);
  }

  /** Lets some substeps pass; whenever an action is due, one is chosen. Throws InputError if the simulation diverged. */
  advance(substeps: number): void {
    for (let todo = substeps; todo > 0; ) {
      if (this.#left === 0) this.#decide();
      const now = Math.min(todo, this.#left);
      this.arm.advance(now);
      this.#left -= now;
      todo -= now;
    }
  }

  dispose(): void {
    this.arm.dispose();
  }

  #decide(): void {
    const seen = this.arm.observe();
    this.player.choose(seen, this.action);
    this.#noise.perturb(this.action, 1, this.#rng);
    this.value = this.player.value?.(seen, this.action) ?? Number.NaN;
    this.arm.act(this.action);
    this.#left = this.arm.timing.substeps;
  }
}

function gaussian(noiseScale: number, actionSize: number): Exploration {
  return new Exploration({ ...NO_EXPLORATION, noiseScale }, actionSize);
}

/** Mean |a|. */
export function meanAbs(action: Float32Array): number {
  let sum = 0;
  for (const each of action) sum += Math.abs(each);
  return sum / action.length;
}
