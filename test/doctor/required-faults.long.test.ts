/** @file Faults that the doctor must name after 3,000 steps of planar2-reach, each on three seeds. */

import { join } from "node:path";
import { expect, it } from "vitest";
import { ENVIRONMENTS } from "../../bench/faults/cases.ts";
import { OPEN_KINDS, REQUIRED } from "../../bench/faults/kinds.ts";
import { trainCase } from "../../bench/faults/train-case.ts";
import { diagnose } from "../../doctor/diagnose.ts";
import { readRunRecord } from "../../doctor/run-record.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const required = OPEN_KINDS.filter(({ name }) => REQUIRED.includes(name));
const runs = required.flatMap((each) => [1, 2, 3].map((seed) => ({ each, name: each.name, seed })));

it.each(runs)("$name, seed $seed", async ({ each, seed }) => {
  const run = join(temporaryFolder(), "run");
  await trainCase(each, "planar2-reach", seed, run, ENVIRONMENTS["planar2-reach"]);
  expect((await diagnose(readRunRecord(run))).verdict).toBe(each.cause);
});
