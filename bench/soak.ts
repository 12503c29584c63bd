/**
 * @file A training and a viewer's server for an hour, with pages that come and go: does anything grow?
 *
 *     npm run build && npx tsx bench/soak.ts [--minutes 60] [--json]
 *
 * Four visitors at a time connect, watch episodes or a live session for a second or two, push and move the goal, and
 * leave, half of them without saying so. The training runs in its own process. Every 10 s the script notes the server's
 * heap after a garbage collection, its memory outside the heap (WebAssembly and buffers), resident memory and open
 * files, and the training's open files, child processes and resident memory.
 *
 * The first third of the time is warm-up. Of the rest, "first" and "last" are medians of a tenth, and growth is the
 * slope of a line. Exit code 1: the heap grows by more than 1 MiB an hour, or open files, child processes or memory
 * outside the heap rise from first to last. Needs Linux.
 */

import "./help.ts";

import { fork, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mean, median } from "../shared/statistics.ts";
import { MAIN } from "./steadyarm.ts";
import { connectPage, messageWith, sendTo, serveParent } from "./viewer-server.ts";

const VISITORS = 4;
const SAMPLE_MS = 10_000;
const SOURCES = ["builtin:random torques, panda-reach", "builtin:no torque, planar2-reach"];
const MEBIBYTE = 2 ** 20;
const HEAP = "server: heap, MiB";
const OUTSIDE = "server: memory outside the heap, MiB";
/** MiB an hour. */
const MAX_HEAP_GROWTH = 1;
/** How much more some figures may be at the end: each visitor has one file open. */
const MAX_RISE: Readonly<Record<string, number>> = {
  [OUTSIDE]: 0.5,
  "server: open files": VISITORS,
  "training: open files": 0,
  "training: child processes": 0,
};

/** Figures at one moment, by name. */
type Sample = Readonly<Record<string, number>>;

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
    role: { type: "string" },
  },
});
const minutes = Number(flags.minutes);
if (!(minutes >= 1)) throw new Error(`--minutes: expected a number ≥ 1, got ${flags.minutes}`);

/** The server's process: sends a sample for each message. */
async function serve(): Promise<void> {
  const server = await serveParent();
  process.on("message", () => {
    // Twice: what finalizers free is collected the second time.
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({
      [HEAP]: heapUsed / MEBIBYTE,
      [OUTSIDE]: external / MEBIBYTE,
      "server: resident, MiB": rss / MEBIBYTE,
      "server: open files": readdirSync("/proc/self/fd").length,
      "server: sessions": server.stats().sessions,
    });
  });
}

/** Connects a page, watches for a second or two, and leaves. */
async function visit(port: number, token: string, number: number): Promise<void> {
  const socket = await connectPage(port, token);
  socket.on("error", () => undefined);
  const view = { request: 1, slots: [{ source: SOURCES[number % 2] ?? "" }], seed: number };
  if (number % 3 === 0) sendTo(socket, { op: "open", ...view });
  else sendTo(socket, { op: "live", ...view });
  await wait(1000);
  if (number % 3 === 1) sendTo(socket, { op: "goal", goal: [0.4, 0.1, 0.3] });
  if (number % 3 === 2) sendTo(socket, { op: "push", slot: 0, link: 1, point: [0, 0, 0], force: [10, 0, 0] });
  await wait(500 + 100 * (number % 10));
  if (number % 4 < 2) socket.terminate();
  else socket.close();
}

function trainingSample(pid: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return {
    "training: open files": readdirSync(`/proc/${pid}/fd`).length,
    "training: child processes": children === "" ? 0 : children.split(" ").length,
    "training: resident, MiB": Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
  };
}

/** Slope of the least-squares line through figures that were noted every SAMPLE_MS, an hour. */
function slope(values: readonly number[]): number {
  const hours = values.map((_, i) => (i * SAMPLE_MS) / 3_600_000);
  const [x, y] = [mean(hours), mean(values)];
  const covariance = mean(values.map((value, i) => ((hours[i] ?? 0) - x) * (value - y)));
  return covariance / mean(hours.map((hour) => (hour - x) ** 2));
}

async function main(): Promise<void> {
  const end = performance.now() + 60_000 * minutes;
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-soak-"));
  const server = fork(process.argv[1] ?? "", ["--role", "serve"], {
    execArgv: [...process.execArgv, "--expose-gc"],
  });
  const { port, token } = await messageWith(server, "token");
  const words = ["train", "--env", "planar2-reach", "--steps", "100000000", "--out", join(folder, "run")];
  // A larger replay buffer takes more memory until it is full, for hours.
  words.push("--set", "agent.replayCapacity=20000");
  const training = spawn(process.execPath, [MAIN, ...words], { stdio: "ignore" });
  const samples: Sample[] = [];
  let visits = 0;
  try {
    const visitor = async () => {
      while (performance.now() < end) await visit(Number(port), String(token), visits++);
    };
    const sampler = async () => {
      while (performance.now() < end) {
        await wait(SAMPLE_MS);
        server.send({ sample: true });
        const figures = Object.entries(await messageWith(server, HEAP));
        const ofServer: Sample = Object.fromEntries(figures.map(([name, value]) => [name, Number(value)]));
        samples.push({ ...ofServer, ...trainingSample(training.pid ?? 0) });
        process.stderr.write(`${samples.length} samples, ${visits} visits\r`);
      }
    };
    await Promise.all([sampler(), ...Array.from({ length: VISITORS }, visitor)]);
  } finally {
    training.kill("SIGKILL");
    server.disconnect();
    rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 });
  }
  report(samples.slice(Math.ceil(samples.length / 3)), visits);
}

function report(samples: readonly Sample[], visits: number): void {
  const tenth = Math.ceil(samples.length / 10);
  const rows = Object.keys(samples[0] ?? {}).map((name) => {
    const values = samples.map((sample) => sample[name] ?? Number.NaN);
    return {
      name,
      first: median(values.slice(0, tenth)),
      last: median(values.slice(-tenth)),
      max: Math.max(...values),
      growth: slope(values),
    };
  });
  if (flags.json) for (const row of rows) console.log(JSON.stringify({ bench: "soak", visits, ...row }));
  else {
    console.log(`${visits} visits, ${samples.length} samples after the warm-up\n`);
    console.log("| figure | first | last | maximum | growth an hour |\n|---|---:|---:|---:|---:|");
    for (const { name, first, last, max, growth } of rows)
      console.log(`| ${name} | ${[first, last, max, growth].map((each) => each.toFixed(1)).join(" | ")} |`);
  }
  const grown = rows.filter(({ name, first, last, growth }) => {
    if (name === HEAP) return growth > MAX_HEAP_GROWTH;
    return last - first > (MAX_RISE[name] ?? Number.POSITIVE_INFINITY);
  });
  if (grown.length === 0) return;
  process.stderr.write(`grows: ${grown.map(({ name }) => name).join("; ")}\n`);
  process.exitCode = 1;
}

if (flags.role === "serve") await serve();
else await main();
