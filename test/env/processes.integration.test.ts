/** @file The same seed gives the same trajectory, bit for bit, in another process. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "../../env/registry.ts";
import { trajectoryHash } from "./trajectory-hash.ts";

const MODULE = new URL("./trajectory-hash.ts", import.meta.url).href;
/** Several episodes of every environment. */
const STEPS = 200;

/** Returns the trajectory hashes of several environments, computed in a new Node process. */
async function hashesInChild(ids: readonly string[], physics: string, seed: number): Promise<unknown> {
  const program = `import { trajectoryHash } from ${JSON.stringify(MODULE)};
    const hashes = [];
    for (const id of ${JSON.stringify(ids)}) {
      hashes.push(await trajectoryHash(id, ${JSON.stringify(physics)}, ${seed}, ${STEPS}));
    }
    console.log(JSON.stringify(hashes));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--import",
    "tsx",
    "--input-type=module",
    "--eval",
    program,
  ]);
  return JSON.parse(stdout);
}

describe.each(["compat", "deterministic"])("with the %s build of Rapier", (physics) => {
  it("every environment gives the same trajectory in a child process, and another one for another seed", async () => {
    const ids = Object.keys(ENVIRONMENTS);
    const hash = (seed: number) => Promise.all(ids.map((id) => trajectoryHash(id, physics, seed, STEPS)));
    const hashes = await hash(5);
    expect(await hashesInChild(ids, physics, 5)).toEqual(hashes);
    const others = await hash(6);
    for (const [i, trajectory] of hashes.entries()) {
      expect(trajectory).toMatch(/^[0-9a-f]{64}$/);
      expect(others[i]).not.toBe(trajectory);
    }
  });
});
