/**
 * @file Preloaded by every process that tests start: keeps WebAssembly at V8's baseline compiler (Liftoff).
 *
 * The results are the same bits, computed more slowly. V8's optimising compiler spends most of a second on Rapier, and a
 * process cannot exit before it is done: half the time of these short runs.
 */

import { setFlagsFromString } from "node:v8";

setFlagsFromString("--liftoff-only");
