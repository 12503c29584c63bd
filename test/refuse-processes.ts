/** @file Makes `node:child_process` throw in unit tests, browsers and databases included. */

import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

for (const name of ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"] as const) {
  Reflect.set(childProcess, name, () => {
    throw new Error(`${name}: a unit test starts no process; name its file *.integration.test.ts`);
  });
}
syncBuiltinESMExports();
