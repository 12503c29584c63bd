/**
 * @file Cost of the viewer's server: `npx tsx bench/viewer.ts [--seconds 20] [--pairs 3] [--json]`, after `npm run build`.
 *
 * A server runs one live session of `panda-reach` with 200 pages on the loopback interface. One page never reads, ten
 * read 10 kB/s for four fifths of the time and then without a limit, the others acknowledge every second frame. Server,
 * pages and training are separate processes. Server and pages have a low priority, as the server of `watch` has.
 *
 * - training loss: slowdown of a training beside server and pages, from the medians of updates per second of
 *   alternating runs.
 * - server growth: maximum resident memory, less that 10 s (or a fifth of the time) after all pages are connected.
 * - max buffered: maximum number of bytes that wait in the server for one page, sampled ten times a second.
 * - recovery: longest time of a slow page from reading without a limit to a frame at most 0.1 s behind the newest.
 * - frame age: delay of frames compared with the fastest frame of the last seconds, 99th percentile.
 */

import "./help.ts";

import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, loadavg, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { WebSocket } from "ws";
import { isRecord } from "../shared/is-record.ts";
import { FRAME_KIND } from "../shared/protocol-frame.ts";
import { median, quantile } from "../shared/statistics.ts";
import { readResult } from "../storage/run-result.ts";
import { steadyarm } from "./steadyarm.ts";
import { connectPage, messageWith, sendTo, serveParent } from "./viewer-server.ts";

const PAGES = 200;
const SLOW_PAGES = 10;
const STALLED_PAGES = 1;
/** Bytes a second of a slow page. */
const SLOW_RATE = 10_000;
/** Number of frames behind the newest that counts as recovered: 0.1 s. */
const RECOVERED_WITHIN = 6;
const SOURCE = "builtin:random torques, panda-reach";

function numberAfter(flag: string, fallback: number): number {
  const index = process.argv.indexOf(flag);
  return index < 0 ? fallback : Number(process.argv[index + 1]);
}

function lowerPriority(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}

/** The server's process: sends its statistics to the parent ten times a second. */
async function serve(): Promise<void> {
  lowerPriority();
  const server = await serveParent();
  setInterval(() => process.send?.({ ...server.stats(), rss: process.memoryUsage().rss }), 100);
}

/** The pages' process: connects all pages, and sends the measurements to the parent at the end. */
async function runPages(port: number, token: string, seconds: number): Promise<void> {
  lowerPriority();
  const ages: number[] = [];
  let frames = 0;
  let newest = 0;
  /** Minimum of arrival less simulated time, in this second and in the previous one. */
  let [fastest, fastestBefore, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  const connect = () => connectPage(port, token);
  const first = await connect();
  const session = await new Promise<number>((resolve) => {
    first.on("message", (data, isBinary) => {
      if (isBinary) return;
      const message: unknown = JSON.parse(String(data));
      if (isRecord(message) && message["op"] === "session") resolve(Number(message["session"]));
    });
    sendTo(first, { op: "live", request: 1, slots: [{ source: SOURCE }], seed: 1 });
  });
  const arrived = (data: Buffer): number => {
    const seq = data.readUInt32LE(8);
    newest = Math.max(newest, seq);
    frames += 1;
    const now = performance.now() / 1000;
    const delay = now - data.readDoubleLE(16);
    if (Math.floor(now) !== second) [fastestBefore, fastest, second] = [fastest, delay, Math.floor(now)];
    fastest = Math.min(fastest, delay);
    ages.push(delay - Math.min(fastest, fastestBefore));
    return seq;
  };
  const started = performance.now();
  const recoverAt = started + 800 * seconds;
  const recoveries: Promise<number>[] = [];
  for (let page = 0; page < PAGES; page++) {
    const socket = page === 0 ? first : await connect();
    const isStalled = page >= PAGES - STALLED_PAGES;
    const isSlow = !isStalled && page >= PAGES - STALLED_PAGES - SLOW_PAGES;
    if (!isStalled && !isSlow) {
      socket.on("message", (data: Buffer, isBinary) => {
        if (!isBinary || data[0] !== FRAME_KIND) return;
        const seq = arrived(data);
        if (seq % 2 === 0) sendTo(socket, { op: "ack", seq });
      });
    }
    if (isSlow) recoveries.push(readSlowly(socket, recoverAt, () => newest));
    if (page > 0) sendTo(socket, { op: "join", request: 1, session });
    if (isStalled) socket.pause();
  }
  process.send?.({ connected: PAGES });
  const recovered = await Promise.all(recoveries);
  await wait(Math.max(0, started + 1000 * seconds - performance.now()));
  const elapsed = (performance.now() - started) / 1000;
  process.send?.({
    framesPerSecond: frames / elapsed / (PAGES - SLOW_PAGES - STALLED_PAGES),
    frameAge99: 1000 * quantile(ages, 0.99),
    recovery: 1000 * Math.max(...recovered),
  });
  process.exit();
}

/** Reads SLOW_RATE until a time, then without a limit. Returns the seconds from then until it has recovered. */
function readSlowly(socket: WebSocket, until: number, newest: () => number): Promise<number> {
  return new Promise((resolve) => {
    let allowed = 0;
    const timer = setInterval(() => {
      if (performance.now() >= until) clearInterval(timer);
      allowed = Math.min(allowed + SLOW_RATE / 20, SLOW_RATE);
      if (allowed > 0 || performance.now() >= until) socket.resume();
    }, 50);
    socket.on("message", (data: Buffer, isBinary) => {
      allowed -= data.length;
      const isUnlimited = performance.now() >= until;
      if (allowed <= 0 && !isUnlimited) socket.pause();
      if (!isBinary || data[0] !== FRAME_KIND) return;
      const seq = data.readUInt32LE(8);
      sendTo(socket, { op: "ack", seq });
      if (isUnlimited && seq >= newest() - RECOVERED_WITHIN) resolve((performance.now() - until) / 1000);
    });
  });
}

/** Trains for a number of steps. Returns updates per second. */
async function train(steps: number, folder: string, name: string): Promise<number> {
  const out = join(folder, name);
  const settings = [
    "train.collectors=0",
    "train.evaluationEpisodes=1",
    "train.finalEpisodes=1",
    "train.evaluateEvery=100000",
  ];
  const words = [
    "train",
    "--steps",
    `${steps}`,
    "--out",
    out,
    ...settings.flatMap((each) => ["--set", each]),
  ];
  await steadyarm(words);
  return readResult(out)?.updatesPerSecond ?? Number.NaN;
}

interface Round {
  readonly updatesPerSecond: number;
  readonly growth: number;
  readonly maxBuffered: number;
  readonly framesPerSecond: number;
  readonly frameAge99: number;
  readonly recovery: number;
}

/** Runs server, pages and training at the same time. */
async function measureRound(seconds: number, steps: number, folder: string, name: string): Promise<Round> {
  const self = process.argv[1] ?? "";
  const server = fork(self, ["--role", "serve"]);
  const { port, token } = await messageWith(server, "port");
  const pages = fork(self, ["--role", "pages", `${port}`, `${token}`, `${seconds}`]);
  const report = messageWith(pages, "recovery");
  await messageWith(pages, "connected");
  const started = performance.now();
  const settled = Math.min(10_000, 200 * seconds);
  let [early, peak, maxBuffered] = [0, 0, 0];
  server.on("message", (message) => {
    if (!isRecord(message) || typeof message["rss"] !== "number") return;
    maxBuffered = Math.max(maxBuffered, Number(message["maxBuffered"]));
    if (performance.now() - started < settled) early = message["rss"];
    else peak = Math.max(peak, message["rss"]);
  });
  const updatesPerSecond = await train(steps, folder, name);
  const measurements = await report;
  server.disconnect();
  return {
    updatesPerSecond,
    growth: (peak - early) / 2 ** 20,
    maxBuffered: maxBuffered / 2 ** 10,
    framesPerSecond: Number(measurements["framesPerSecond"]),
    frameAge99: Number(measurements["frameAge99"]),
    recovery: Number(measurements["recovery"]),
  };
}

async function main(): Promise<void> {
  const seconds = numberAfter("--seconds", 20);
  const pairs = numberAfter("--pairs", 3);
  const load = loadavg()[0] ?? 0;
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-bench-"));
  try {
    // Warm-up steps make no updates. The updates take most of the time, also beside server and pages.
    const rate = await train(3000, folder, "calibration");
    const steps = 1000 + Math.round(0.6 * rate * seconds);
    const alone: number[] = [];
    const rounds: Round[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      alone.push(await train(steps, folder, `alone-${pair}`));
      rounds.push(await measureRound(seconds, steps, folder, `watched-${pair}`));
    }
    const beside = median(rounds.map(({ updatesPerSecond }) => updatesPerSecond));
    const max = (name: keyof Round) => Math.max(...rounds.map((round) => round[name]));
    const results = [
      ["training alone", median(alone), "updates/s"],
      ["training beside 200 pages", beside, "updates/s"],
      ["training loss", 100 * (1 - beside / median(alone)), "%"],
      ["frames to each page", median(rounds.map(({ framesPerSecond }) => framesPerSecond)), "/s"],
      ["frame age, 99th percentile", max("frameAge99"), "ms"],
      ["max buffered for one page", max("maxBuffered"), "KiB"],
      ["server growth", max("growth"), "MiB"],
      ["recovery", max("recovery"), "ms"],
    ] as const;
    for (const [name, value, unit] of results) {
      const rounded = Number(value.toFixed(1));
      if (process.argv.includes("--json")) {
        console.log(JSON.stringify({ bench: "viewer", case: name, engine: "ws", value: rounded, unit }));
      } else console.log(`${name.padEnd(32)} ${String(rounded).padStart(8)} ${unit}`);
    }
    if (!process.argv.includes("--json")) {
      const busy = load > 0.5 ? `; the machine was busy (load ${load.toFixed(1)}): not reliable` : "";
      console.log(`\n${pairs} pairs of ${seconds} s, ${PAGES} pages, Node ${process.version}${busy}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [role, ...args] = process.argv.slice(process.argv.indexOf("--role") + 1);
if (!process.argv.includes("--role")) await main();
else if (role === "serve") await serve();
else await runPages(Number(args[0]), args[1] ?? "", Number(args[2]));
