/**
 * @file How much memory Rapier holds.
 *
 * Its package does not hand out its WASM memory, so instantiation is watched while it loads. A WASM
 * memory only grows: once warm, a size that stays the same is a size that nothing leaks from.
 */

import { makeEnv } from "../../env/registry.ts";
import { loadPhysics } from "../../env/world.ts";
import { parseConfig } from "../../shared/config.ts";

/** Loads Rapier, which must not have been loaded before, and returns what tells its bytes. */
export async function watchWasmMemory(): Promise<() => number> {
  let memory: object | undefined;
  // The types of Node 20 know WebAssembly only in part.
  const webAssembly: unknown = Reflect.get(globalThis, "WebAssembly");
  if (typeof webAssembly !== "object" || webAssembly === null) throw new Error("no WebAssembly here");
  const original: unknown = Reflect.get(webAssembly, "instantiate");
  if (typeof original !== "function") throw new Error("WebAssembly without instantiate");
  Reflect.set(webAssembly, "instantiate", async (...given: unknown[]) => {
    const result: unknown = await Reflect.apply(original, webAssembly, given);
    memory ??= memoryOfRapier(result);
    return result;
  });
  await loadPhysics("compat");
  Reflect.set(webAssembly, "instantiate", original);
  return () => {
    const buffer: unknown = memory === undefined ? undefined : Reflect.get(memory, "buffer");
    if (!(buffer instanceof ArrayBuffer)) throw new Error("Rapier's WASM memory was not seen as it loaded");
    return buffer.byteLength;
  };
}

/** Other WASM may load meanwhile: Rapier's is the one that exports bodies. */
function memoryOfRapier(instantiated: unknown): object | undefined {
  if (typeof instantiated !== "object" || instantiated === null) return undefined;
  const instance: unknown = Reflect.get(instantiated, "instance") ?? instantiated;
  if (typeof instance !== "object" || instance === null) return undefined;
  const exported: unknown = Reflect.get(instance, "exports");
  if (typeof exported !== "object" || exported === null || !("rawrigidbodyset_new" in exported)) {
    return undefined;
  }
  const memory: unknown = Reflect.get(exported, "memory");
  return typeof memory === "object" && memory !== null ? memory : undefined;
}

/** Makes, resets, steps and disposes of an environment `times` times. */
export async function liveAndDie(id: string, times: number): Promise<void> {
  const config = parseConfig({ env: { id } }, "liveAndDie");
  for (let i = 0; i < times; i++) {
    const env = await makeEnv(config.env, config.agent.gamma);
    env.reset({ seed: i });
    env.step(env.actionSpace.high);
    env.reset();
    env.dispose();
  }
}
