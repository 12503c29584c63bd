/** @file Runs kept in a table of PostgreSQL. */

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

/** Unique violation and duplicate table: what PostgreSQL says if two make the same table at once. */
const MADE_MEANWHILE = /^(23505|42P07)$/;

/** Makes the table where it is missing. Throws what the server says. */
export async function openPostgresRunStore(database: PgQueryable): Promise<RunStore> {
  try {
    await database.query(CREATE);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!MADE_MEANWHILE.test(code)) throw error;
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
    async forget(job) {
      await database.query("DELETE FROM steadyarm_runs WHERE job = $1", [job]);
    },
  };
}
