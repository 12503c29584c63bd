/** @file Learners whose networks are connected wrongly: to dropout, to an idle worker, to too few layers or inputs. */

import { Rng } from "../../shared/rng.ts";
import { compiledWith, type EngineFault, passing, restoring } from "./broken-learner.ts";

/** Dropout in the critic's last hidden layer that is active in updates. @param share of units that are dropped */
export function withDropoutInCritic(share: number): EngineFault {
  return (engine, layouts) => {
    const rng = Rng.fromSeed(17).fork("dropout");
    const { parts, sizes } = layouts.critic;
    const output = parts.find(({ name }) => name === `${sizes.length - 2}.weight`);
    return compiledWith(engine, (compiled) => ({
      ...passing(compiled),
      run: async (feeds, options) => {
        const weights = compiled.state("critic").slice();
        const thinned = weights.slice();
        for (let i = 0; i < (output?.size ?? 0); i++)
          thinned[(output?.offset ?? 0) + i]! *= rng.uniform() < share ? 0 : 1 / (1 - share);
        compiled.setState("critic", thinned);
        await compiled.run(feeds, options);
        const changed = compiled.state("critic").map((x, i) => weights[i]! + x - thinned[i]!);
        compiled.setState("critic", changed);
      },
    }));
  };
}

/** An actor that is averaged at each update with that of a worker which never trains. @param share of the worker's weights */
export function withIdleWorker(share: number): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => {
      let idle: Float32Array | undefined;
      return restoring(compiled, (name, now, before) => {
        if (name !== "actor") return undefined;
        idle ??= before;
        const worker = idle;
        return now.map((x, i) => (1 - share) * x + share * worker[i]!);
      });
    });
}

/** Target networks of which only the output layer follows the online networks. */
export const withTargetOutputsOnly: EngineFault = (engine, layouts) =>
  compiledWith(engine, (compiled) =>
    restoring(compiled, (name, now, before) => {
      if (name !== "targetActor" && name !== "targetCritic") return undefined;
      const { parts, sizes } = name === "targetActor" ? layouts.actor : layouts.critic;
      const mixed = before.slice();
      for (const { name: part, offset, size } of parts) {
        if (!part.startsWith(`${sizes.length - 2}.`)) continue;
        mixed.set(now.subarray(offset, offset + size), offset);
      }
      return mixed;
    }),
  );

/** An actor whose weights of the goal stay 0, as if the goal were left out of its inputs; the critic sees it. */
export const withActorWithoutGoal: EngineFault = (engine, layouts, { observation, goal }) =>
  compiledWith(engine, (compiled) =>
    restoring(compiled, (name, now) => {
      if (name !== "actor" && name !== "targetActor") return undefined;
      const units = layouts.actor.sizes[1] ?? 0;
      const first = layouts.actor.parts.find((part) => part.name === "0.weight");
      const from = (first?.offset ?? 0) + observation * units;
      return now.slice().fill(0, from, from + goal * units);
    }),
  );
