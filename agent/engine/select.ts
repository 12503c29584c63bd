/** @file Loads the engine that the configuration selects. */

import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Engine } from "./engine.ts";
import { loadOnnxEngine } from "./onnx.ts";
import { loadTfjsEngine } from "./tfjs.ts";

/**
 * Loads an engine; the other engine's library is not read from disk.
 *
 * @throws InputError if the library is not installed or does not work on this machine
 */
export function loadEngine(name: AgentConfig["engine"]): Promise<Engine> {
  return name === "onnx" ? loadOnnxEngine() : loadTfjsEngine();
}
