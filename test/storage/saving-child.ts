/**
 * @file Saves checkpoints and a file until it is killed; all numbers of a save are its step. Prints a
 * line after each: `saving-child <folder> <numbers in a checkpoint>`.
 */

import { writeSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../shared/errors.ts";
import { removeLeftovers, writeFileAtomically } from "../../storage/atomic-file.ts";
import {
  listCheckpoints,
  pruneCheckpoints,
  readNewestCheckpoint,
  writeCheckpoint,
} from "../../storage/checkpoint-folder.ts";

const [folder = "", numbers = "0"] = process.argv.slice(2);
const checkpoints = join(folder, "checkpoints");

function print(line: string): void {
  writeSync(1, `${line}\n`);
}

function save(step: number): void {
  const data = new Float32Array(Number(numbers)).fill(step);
  writeCheckpoint(checkpoints, step, { step, agent: { actor: data }, replay: { actions: data } });
  pruneCheckpoints(checkpoints, step, 2);
  writeFileAtomically(
    join(folder, "state.json"),
    JSON.stringify({ step, padding: "x".repeat(Number(numbers)) }),
  );
}

try {
  let step = 0;
  if (listCheckpoints(checkpoints).length > 0) {
    for (const each of [folder, checkpoints]) removeLeftovers(each);
    step = readNewestCheckpoint(checkpoints, print).step;
  }
  for (;;) {
    save(++step);
    print(`saved ${step}`);
  }
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  print(error.message);
}
