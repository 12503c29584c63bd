/** @file Makes `node:child_process` and `node:worker_threads` throw in unit tests, browsers and databases included. */

import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";

for (const name of ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"] as const) {
  Reflect.set(childProcess, name, () => {
    throw new Error(`${name}: a unit test starts no process; name its file *.integration.test.ts`);
  });
}
Reflect.set(
  workerThreads,
  "Worker",
  class {
    constructor() {
      throw new Error("Worker: a unit test starts no thread; name its file *.integration.test.ts");
    }
  },
);
syncBuiltinESMExports();
