/** @file Learners that are broken from inside: engines that undo or falsify parts of each update. */

import type { Compiled, Engine } from "../../agent/engine/engine.ts";
import type { EpisodeSizes } from "../../shared/episode.ts";
import type { Layouts } from "./broken-networks.ts";

/** Changes an engine; layouts tell where a network's layers are, sizes which inputs are the goal. */
export type EngineFault = (
  engine: Engine,
  layouts: Layouts,
  sizes: Pick<EpisodeSizes, "observation" | "goal">,
) => Engine;

/** Networks whose weights stay as they begin. */
export function withFrozen(...names: readonly string[]): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) =>
      restoring(compiled, (name, _now, before) => (names.includes(name) ? before : undefined)),
    );
}

/** A hidden layer of a network whose weights and biases stay as they begin. */
export function withFrozenLayer(network: "actor" | "critic", layer: number): EngineFault {
  return (engine, layouts) =>
    compiledWith(engine, (compiled) =>
      restoring(compiled, (name, now, before) => {
        if (name !== network) return undefined;
        const mixed = now.slice();
        for (const part of layouts[network].parts) {
          if (part.name.split(".")[0] !== `${layer}`) continue;
          mixed.set(before.subarray(part.offset, part.offset + part.size), part.offset);
        }
        return mixed;
      }),
    );
}

/** Feeds that are changed before each update, by name. */
export function withFeeds(
  change: (name: string, values: Float32Array) => Float32Array | undefined,
): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => ({
      ...passing(compiled),
      run: (feeds, options) =>
        compiled.run(
          Object.fromEntries(
            Object.entries(feeds).map(([name, values]) => [name, change(name, values) ?? values]),
          ),
          options,
        ),
    }));
}

/** Changes the compiled update; diagnostics stay intact. */
export function compiledWith(engine: Engine, change: (compiled: Compiled) => Compiled): Engine {
  const { name, version, libraries, reason } = engine;
  return {
    name,
    version,
    libraries,
    reason,
    compile: async (program) => {
      const compiled = await engine.compile(program);
      // Programs of diagnostics have no state.
      return program.state.length === 0 ? compiled : change(compiled);
    },
  };
}

/** All methods of a compiled program, to be overridden one by one. */
export function passing(compiled: Compiled): Compiled {
  return {
    run: (feeds, options) => compiled.run(feeds, options),
    state: (name) => compiled.state(name),
    setState: (name, values) => compiled.setState(name, values),
    output: (name) => compiled.output(name),
    dispose: () => compiled.dispose(),
  };
}

/** After each update, replaces the state vectors for which `replace` returns one. */
export function restoring(
  compiled: Compiled,
  replace: (name: string, now: Float32Array, before: Float32Array) => Float32Array | undefined,
): Compiled {
  const watched = ["actor", "critic", "targetActor", "targetCritic"];
  return {
    ...passing(compiled),
    run: async (feeds, options) => {
      const before = watched.map((name) => compiled.state(name).slice());
      await compiled.run(feeds, options);
      for (const [i, name] of watched.entries()) {
        const replacement = replace(name, compiled.state(name), before[i] ?? new Float32Array(0));
        if (replacement !== undefined) compiled.setState(name, replacement);
      }
    },
  };
}
