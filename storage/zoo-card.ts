/** @file card.json: what a policy of the zoo is, how it was trained and how well it does. */

import { join } from "node:path";
import { z } from "zod";
import { validate } from "../shared/validate.ts";
import { readRegularFile } from "./regular-file.ts";
import { parseJson } from "./strict-json.ts";

/** The file name in a zoo entry's folder. */
export const CARD_FILE = "card.json";

const MAX_CARD_BYTES = 2 ** 16;

const ZooCard = z.looseObject({
  title: z.string(),
  about: z.string(),
  /** Trains the policy again. */
  command: z.string(),
  env: z.string(),
  control: z.string(),
  /** Whether it learned from demonstrations too. */
  demonstrations: z.boolean(),
  seed: z.int().nonnegative(),
  /** Environment steps trained. */
  steps: z.int().nonnegative(),
  /** Wall time of training, evaluations included. */
  minutes: z.number().nonnegative(),
  /** Of the final evaluation: fraction of its episodes with the goal achieved at the last step. */
  successRate: z.number().min(0).max(1),
  /** Episodes of the final evaluation. */
  episodes: z.int().positive(),
});

/** These fields and any others: later versions may add some. */
export type ZooCard = z.infer<typeof ZooCard>;

/** Reads the card of a zoo entry. Throws InputError of one line if it is missing or damaged. */
export function readCard(entry: string): ZooCard {
  const path = join(entry, CARD_FILE);
  return validate(ZooCard, parseJson(readRegularFile(path, MAX_CARD_BYTES), path), path);
}
