/** @file Run store in Redis: one hash per job. */

import type { Redis } from "ioredis";
import { z } from "zod";
import type { RunStore } from "./run-store.ts";

/** Compares the generation and writes atomically on the server. */
const SAVE = `if redis.call("HGET", KEYS[1], "generation") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "packed", ARGV[2], "complete", ARGV[3])
return 1`;

const Count = z.coerce.number().int();

export function openRedisRunStore(redis: Redis): RunStore {
  const key = (job: string) => `steadyarm:run:${job}`;
  return {
    async claim(job) {
      const generation = await redis.hincrby(key(job), "generation", 1);
      return { generation, complete: (await redis.hget(key(job), "complete")) === "1" };
    },
    async load(job) {
      return (await redis.hgetBuffer(key(job), "packed")) ?? undefined;
    },
    async save(job, generation, packed, complete) {
      const bytes = Buffer.from(packed);
      const saved = await redis.eval(SAVE, 1, key(job), String(generation), bytes, complete ? "1" : "0");
      return Count.parse(saved) === 1;
    },
    async remove(job) {
      await redis.del(key(job));
    },
  };
}
