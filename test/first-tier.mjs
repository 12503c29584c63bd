/**
 * @file Loaded first by every process that tests start: WebAssembly stays as V8 first compiled it.
 *
 * The same bits, more slowly. But to compile Rapier for speed takes V8 most of a second, to whose end a process
 * cannot exit: half the time of the short runs here, which are over before it pays.
 */

import { setFlagsFromString } from "node:v8";

setFlagsFromString("--liftoff-only");
