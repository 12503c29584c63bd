/** @file Controllers that follow a hand-written script: they push, hit and lift objects without any training. */

import { scriptedPolicy } from "../../../env/scripted/scripts.ts";
import { parseConfig } from "../../../shared/config.ts";
import { type Recording, recordEpisode } from "../../../viewer/server/clip-recorder.ts";
import { ControlledArm } from "../../../viewer/server/controlled-arm.ts";
import type { Controller } from "../../../viewer/server/controller.ts";
import { type EpisodeFacts, writeEpisode } from "../../../viewer/server/episode-file.ts";

/** Follows the script of an environment. */
export function scriptedController(id: string): Controller {
  const { env, agent } = parseConfig({ env: { id, control: "ee" } }, "test");
  return {
    env,
    gamma: agent.gamma,
    sizes: undefined,
    step: null,
    begin: () => {},
    choose: scriptedPolicy(env),
    value: null,
  };
}

/** Records an episode of a script. */
export async function recordScript(id: string, seed: number): Promise<Recording> {
  const controlled = await ControlledArm.create(scriptedController(id), id);
  try {
    return recordEpisode(controlled, { seed, noise: 0 });
  } finally {
    controlled.dispose();
  }
}

/** Records an episode of a script and writes it to a file. */
export async function writeScript(path: string, id: string, seed: number): Promise<Recording> {
  const recording = await recordScript(id, seed);
  const facts: EpisodeFacts = { name: "script", env: id, seed, noise: 0, step: null, torqueScale: 1 };
  writeEpisode(path, { facts, recording });
  return recording;
}
