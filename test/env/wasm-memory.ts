/**
 * @file Measures Rapier's WASM memory.
 *
 * Rapier's package does not export its memory, so `WebAssembly.instantiate` is wrapped while it loads. WASM
 * memory never shrinks: after a warm-up, a constant size means that there is no leak.
 */

import { makeEnv } from "../../env/registry.ts";
import { loadPhysics } from "../../env/world.ts";
import { parseConfig } from "../../shared/config.ts";

/** Loads Rapier, which must not be loaded yet, and returns a function that returns its memory in bytes. */
export async function watchWasmMemory(): Promise<() => number> {
  let memory: object | undefined;
  // The types of Node 20 declare WebAssembly only in part.
  const webAssembly: unknown = Reflect.get(globalThis, "WebAssembly");
  if (typeof webAssembly !== "object" || webAssembly === null) throw new Error("no WebAssembly here");
  const original: unknown = Reflect.get(webAssembly, "instantiate");
  if (typeof original !== "function") throw new Error("WebAssembly without instantiate");
  Reflect.set(webAssembly, "instantiate", async (...args: unknown[]) => {
    const result: unknown = await Reflect.apply(original, webAssembly, args);
    memory ??= memoryOfRapier(result);
    return result;
  });
  await loadPhysics("compat");
  Reflect.set(webAssembly, "instantiate", original);
  return () => {
    const buffer: unknown = memory === undefined ? undefined : Reflect.get(memory, "buffer");
    if (!(buffer instanceof ArrayBuffer))
      throw new Error("Rapier's WASM memory was not found while it loaded");
    return buffer.byteLength;
  };
}

/** Returns the memory of an instance that exports Rapier's bodies; other WASM modules may load meanwhile. */
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
export async function runLifetimes(id: string, times: number): Promise<void> {
  const config = parseConfig({ env: { id } }, "test");
  for (let i = 0; i < times; i++) {
    const env = await makeEnv(config.env, config.agent.gamma);
    env.reset({ seed: i });
    env.step(env.actionSpace.high);
    env.reset();
    env.dispose();
  }
}
