/** @file Measures on request, as answers.py does: a JSON object per line in, its answer as a line out. */

import { createInterface } from "node:readline";
import type { z } from "zod";
import { validate } from "../../shared/validate.ts";
import { parseJson } from "../../storage/strict-json.ts";

/** Answers each request with the seconds and CPU seconds of the function that `prepare` returns for it. */
export async function answer<T>(
  schema: z.ZodType<T>,
  prepare: (request: T) => Promise<() => Promise<void> | void>,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const run = await prepare(validate(schema, parseJson(Buffer.from(line), "request"), "request"));
    const start = performance.now();
    const cpuStart = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(cpuStart);
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }));
  }
}
