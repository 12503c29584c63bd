/** @file A learner whose critic does not see the action. */

import { compiledWith, type EngineFault, restoring } from "./broken-learner.ts";

/** A critic whose weights of the action stay 0, as if the action were left out of its inputs. */
export const withCriticWithoutAction: EngineFault = (engine, layouts) =>
  compiledWith(engine, (compiled) =>
    restoring(compiled, (name, now) => {
      if (name !== "critic" && name !== "targetCritic") return undefined;
      const actions = layouts.actor.sizes.at(-1) ?? 0;
      const [inputs = 0, units = 0] = layouts.critic.sizes;
      const first = layouts.critic.parts.find((part) => part.name === "0.weight");
      const from = (first?.offset ?? 0) + (inputs - actions) * units;
      return now.slice().fill(0, from, from + actions * units);
    }),
  );
