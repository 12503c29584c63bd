/** @file Picks the engine that a config names. */

import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Engine } from "./engine.ts";
import { loadOnnxEngine } from "./onnx.ts";
import { loadTfjsEngine } from "./tfjs.ts";

/**
 * Loads an engine; nothing of the other is read from disk.
 *
 * @throws InputError if its library is not installed or does not work on this machine
 */
export function loadEngine(name: AgentConfig["engine"]): Promise<Engine> {
  return name === "onnx" ? loadOnnxEngine() : loadTfjsEngine();
}
