/** @file Learners that apply an update to the wrong network, or too much of it. */

import { ADAM_DEFAULTS } from "../../agent/graph/adam.ts";
import { Rng } from "../../shared/rng.ts";
import { compiledWith, type EngineFault, passing, restoring } from "./broken-learner.ts";

/** An optimiser whose gradients are never set back to 0: each step follows the sum of all gradients so far. */
export const withGradientsNeverZeroed: EngineFault = (engine) =>
  compiledWith(engine, (compiled) => ({
    ...passing(compiled),
    run: async (feeds, options) => {
      const names = ["actor/sum", "critic/sum"];
      const before = names.map((name) => compiled.state(name).slice());
      await compiled.run(feeds, options);
      for (const [i, name] of names.entries()) {
        // Adam's sum after an update is β₁ times the one before plus the gradient.
        const lost = 1 - ADAM_DEFAULTS.beta1;
        compiled.setState(
          name,
          compiled.state(name).map((x, at) => x + lost * before[i]![at]!),
        );
      }
    },
  }));

/** Polyak averaging with its arguments swapped: the online networks follow the target networks, which stay. */
export function withPolyakSwapped(tau: number): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => ({
      ...passing(compiled),
      run: async (feeds, options) => {
        const pairs = [
          ["actor", compiled.state("targetActor").slice()],
          ["critic", compiled.state("targetCritic").slice()],
        ] as const;
        await compiled.run(feeds, options);
        for (const [name, target] of pairs) {
          const online = compiled.state(name).map((x, i) => (1 - tau) * x + tau * target[i]!);
          compiled.setState(name, online);
          compiled.setState(name === "actor" ? "targetActor" : "targetCritic", target);
        }
      },
    }));
}

/** Parameter noise that is added to the actor at each update and never removed. @param std of each weight */
export function withNoiseLeftInActor(std: number): EngineFault {
  return (engine) => {
    const rng = Rng.fromSeed(10).fork("parameter noise");
    return compiledWith(engine, (compiled) =>
      restoring(compiled, (name, now) =>
        name === "actor" ? now.map((x) => x + std * rng.normal()) : undefined,
      ),
    );
  };
}
