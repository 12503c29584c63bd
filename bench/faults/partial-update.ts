/** @file Learners that apply only some updates, or only to some outputs. */

import { compiledWith, type EngineFault, restoring } from "./broken-learner.ts";

/** A network that keeps its weights at all but every n-th update. */
export function withRareUpdates(network: "actor" | "critic", interval: number): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => {
      let done = 0;
      return restoring(compiled, (name, _now, before) => {
        if (name !== network) return undefined;
        done += 1;
        return done % interval === 0 ? undefined : before;
      });
    });
}

/** An actor in which the weights and the bias of one output stay as they begin. */
export function withFrozenOutput(output: number): EngineFault {
  return (engine, layouts) =>
    compiledWith(engine, (compiled) =>
      restoring(compiled, (name, now, before) => {
        if (name !== "actor") return undefined;
        const { parts, sizes } = layouts.actor;
        const outputs = sizes.at(-1) ?? 0;
        const mixed = now.slice();
        for (const { name: part, offset, size } of parts) {
          if (!part.startsWith(`${sizes.length - 2}.`)) continue;
          for (let i = offset + output; i < offset + size; i += outputs) mixed[i] = before[i]!;
        }
        return mixed;
      }),
    );
}
