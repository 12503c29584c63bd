/** @file Who moves an arm as a hand-written script wants it: things are pushed, hit and lifted without any training. */

import { readingOf } from "../../../bench/scripted/reading.ts";
import { SCRIPTS } from "../../../bench/scripted/scripts.ts";
import { ToolDriver } from "../../../bench/scripted/tool-driver.ts";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";
import { type Recording, recordEpisode } from "../../../viewer/server/clip-recorder.ts";
import { type EpisodeFacts, writeEpisode } from "../../../viewer/server/episode-file.ts";
import { PlayedArm } from "../../../viewer/server/played-arm.ts";
import type { Player } from "../../../viewer/server/player.ts";

/** Plays the script of an environment. */
export function scriptedPlayer(id: string): Player {
  const { env, agent } = parseConfig({ env: { id, control: "ee" } }, "test");
  const script = SCRIPTS[id];
  const definition = ENVIRONMENTS[id];
  if (script === undefined || definition === undefined) throw new Error(`there is no script for ${id}`);
  const { arm, timing } = definition;
  const driver = new ToolDriver(arm, "ee", env.torqueScale, timing.physicsTimestep * timing.substeps);
  return {
    env,
    gamma: agent.gamma,
    sizes: undefined,
    step: null,
    begin: () => {},
    choose: (seen, action) => {
      const reading = readingOf(arm, seen);
      driver.drive(reading, script(reading), action);
    },
    value: null,
  };
}

/** Records an episode of a script. */
export async function recordScript(id: string, seed: number): Promise<Recording> {
  const played = await PlayedArm.make(scriptedPlayer(id), id);
  try {
    return recordEpisode(played, { seed, noise: 0 });
  } finally {
    played.dispose();
  }
}

/** Writes an episode of a script to a file. */
export async function writeScript(path: string, id: string, seed: number): Promise<Recording> {
  const recording = await recordScript(id, seed);
  const facts: EpisodeFacts = { name: "script", env: id, seed, noise: 0, step: null, torqueScale: 1 };
  writeEpisode(path, { facts, recording });
  return recording;
}
