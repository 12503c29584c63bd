/** @file Learners whose updates come late, or never reach the policy. */

import { compiledWith, type EngineFault, passing, restoring } from "./broken-learner.ts";

/** Updates of actor and critic that are applied some updates after they were computed. */
export function withLateUpdates(updates: number): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => {
      const waiting: Record<string, Float32Array[]> = { actor: [], critic: [] };
      return restoring(compiled, (name, now, before) => {
        const queue = waiting[name];
        if (queue === undefined) return undefined;
        queue.push(now.map((x, i) => x - before[i]!));
        const due = queue.length > updates ? queue.shift() : undefined;
        return due === undefined ? before : before.map((x, i) => x + due[i]!);
      });
    });
}

/** A policy that plays with a copy of the actor's weights, made when they are set, and never refreshed. */
export const withPolicyCopiedOnce: EngineFault = (engine) =>
  compiledWith(engine, (compiled) => {
    let copy: Float32Array | undefined;
    return {
      ...passing(compiled),
      state: (name) => (name === "actor" && copy !== undefined ? copy : compiled.state(name)),
      setState: (name, values) => {
        compiled.setState(name, values);
        if (name === "actor") copy = Float32Array.from(values);
      },
    };
  });
