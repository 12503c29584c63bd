/** @file Kills a saving process repeatedly at random moments and checks what it has saved. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Rng } from "../../shared/rng.ts";
import { readNewestCheckpoint } from "../../storage/checkpoint-folder.ts";
import { nextLine, startChild } from "../child-process.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Numbers in each tensor; a save takes some milliseconds. */
const NUMBERS = 200_000;

const MAX_WAIT_MS = 60;

/** Fails the running test if, after any kill, a reported save is lost or a save is incomplete. */
export async function killSaves(times: number, seed: number): Promise<void> {
  const rng = Rng.fromSeed(seed);
  const folder = temporaryFolder();
  const checkpoints = join(folder, "checkpoints");
  for (let kill = 0; kill < times; kill++) {
    const child = startChild("storage/saving-child", folder, String(NUMBERS));
    let printed = "";
    child.stdout.on("data", (data: Buffer) => {
      printed += data.toString();
    });
    await nextLine(child);
    const ended = new Promise((resolve) => child.once("close", resolve));
    await sleep(rng.uniformIn(0, MAX_WAIT_MS));
    child.kill("SIGKILL");
    await ended;
    const reported = Number(/saved (\d+)\n$/.exec(printed)?.[1]);

    const { step, state } = readNewestCheckpoint(checkpoints, (line) => expect.fail(line));
    expect([reported, reported + 1]).toContain(step);
    const numbers = new Float32Array(NUMBERS).fill(step);
    expect(state).toEqual({ step, agent: { actor: numbers }, replay: { actions: numbers } });
    expect(existsSync(join(folder, "state.json"))).toBe(true);
    const file = JSON.parse(readFileSync(join(folder, "state.json"), "utf8"));
    expect([reported, reported + 1]).toContain(file.step);
    expect(file.padding).toHaveLength(NUMBERS);
  }
}
