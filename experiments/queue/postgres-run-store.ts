/** @file Run store in a PostgreSQL table. */

import type { PgQueryable } from "bullmq";
import { z } from "zod";
import type { RunStore } from "./run-store.ts";

const CREATE = `CREATE TABLE IF NOT EXISTS steadyarm_runs (
  job text PRIMARY KEY,
  generation integer NOT NULL,
  complete boolean NOT NULL DEFAULT false,
  packed bytea
)`;

const CLAIM = `INSERT INTO steadyarm_runs (job, generation) VALUES ($1, 1)
  ON CONFLICT (job) DO UPDATE SET generation = steadyarm_runs.generation + 1
  RETURNING generation, complete`;

const SAVE = `UPDATE steadyarm_runs SET packed = $3, complete = $4
  WHERE job = $1 AND generation = $2 RETURNING job`;

const Claimed = z.tuple([z.object({ generation: z.int(), complete: z.boolean() })]);
const Packed = z.array(z.object({ packed: z.instanceof(Uint8Array).nullable() }));

/** Unique violation and duplicate table: two clients have created the table at the same time. */
const CREATED_CONCURRENTLY = /^(23505|42P07)$/;

/** Opens the store and creates its table if missing. Throws the server's errors. */
export async function openPostgresRunStore(database: PgQueryable): Promise<RunStore> {
  try {
    await database.query(CREATE);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!CREATED_CONCURRENTLY.test(code)) throw error;
  }
  return {
    async claim(job) {
      const { rows } = await database.query(CLAIM, [job]);
      return Claimed.parse(rows)[0];
    },
    async load(job) {
      const { rows } = await database.query("SELECT packed FROM steadyarm_runs WHERE job = $1", [job]);
      return Packed.parse(rows)[0]?.packed ?? undefined;
    },
    async save(job, generation, packed, complete) {
      const { rows } = await database.query(SAVE, [job, generation, Buffer.from(packed), complete]);
      return rows.length === 1;
    },
    async remove(job) {
      await database.query("DELETE FROM steadyarm_runs WHERE job = $1", [job]);
    },
  };
}
