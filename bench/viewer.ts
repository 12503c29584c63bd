/**
 * @file What watching costs: `npx tsx bench/viewer.ts [--seconds 20] [--pairs 3] [--json]`, after `npm run build`.
 *
 * A server with one live session of `panda-reach`, 200 pages on it over loopback: one never reads, ten read
 * 10 kB/s for four fifths of the time and then as fast as they can, the others show every frame and acknowledge
 * every second one. Server, pages and training are processes of their own; server and pages have the lowest
 * priority, as the server of `train --watch` has.
 *
 * - training loss: the same training alone and beside all that, by turns; from the medians of updates per second.
 * - server growth: resident memory at its highest over that 10 s (or a fifth of the time) after all pages are there.
 * - most buffered: the most bytes that ever waited in the server for one page, sampled ten times a second.
 * - recovery: the longest of the slow pages from reading freely to a frame that is at most 0.1 s behind the newest.
 * - frame age: how much later than the quickest of the last seconds frames came to the pages that read, 99th percentile.
 */

import { type ChildProcess, fork, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, loadavg, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { isRecord } from "../shared/is-record.ts";
import { type ClientMessage, encodeMessage, SOCKET_PATH, SUBPROTOCOL } from "../shared/protocol.ts";
import { FRAME_KIND } from "../shared/protocol-frame.ts";
import { median, quantile } from "../shared/statistics.ts";
import { Library } from "../viewer/server/library.ts";
import { readPageFiles } from "../viewer/server/page-files.ts";
import { startWatchServer } from "../viewer/server/watch-server.ts";

const PAGES = 200;
const SLOW_PAGES = 10;
const MUTE_PAGES = 1;
/** Bytes a second. */
const SLOW_RATE = 10_000;
/** Frames that count as the present: 0.1 s. */
const PRESENT = 6;
const SOURCE = "builtin:random torques, panda-reach";

function numberAfter(flag: string, usual: number): number {
  const at = process.argv.indexOf(flag);
  return at < 0 ? usual : Number(process.argv[at + 1]);
}

function stepBack(): void {
  setPriority(constants.priority.PRIORITY_LOW);
}

/** The server's process: tells where it is, then ten times a second how it is. */
async function serve(): Promise<void> {
  stepBack();
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-bench-"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  const library = new Library({ named: [], runs: join(folder, "runs"), zoo: join(folder, "zoo") });
  const server = await startWatchServer({ library, page: readPageFiles(folder), version: "bench", port: 0 });
  rmSync(folder, { recursive: true });
  process.send?.({ port: server.port, token: server.token });
  setInterval(() => process.send?.({ ...server.stats(), rss: process.memoryUsage().rss }), 100);
  process.once("disconnect", () => process.exit());
}

/** The pages' process: connects them all, and tells in the end what came and how late. */
async function look(port: number, token: string, seconds: number): Promise<void> {
  stepBack();
  const ages: number[] = [];
  let frames = 0;
  let newest = 0;
  /** The quickest way of a frame through each second: arrival less simulated time. */
  let [quickest, quickestBefore, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  const connect = (): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const url = `ws://127.0.0.1:${port}${SOCKET_PATH}?token=${token}`;
      const socket = new WebSocket(url, SUBPROTOCOL, { origin: `http://127.0.0.1:${port}` });
      socket.once("error", reject);
      socket.once("open", () => resolve(socket));
    });
  const ask = (socket: WebSocket, message: ClientMessage) => socket.send(encodeMessage(message));
  const first = await connect();
  const session = await new Promise<number>((resolve) => {
    first.on("message", (data, isBinary) => {
      if (isBinary) return;
      const message: unknown = JSON.parse(String(data));
      if (isRecord(message) && message["op"] === "session") resolve(Number(message["session"]));
    });
    ask(first, { op: "live", request: 1, slots: [{ source: SOURCE }], seed: 1 });
  });
  const arrived = (data: Buffer): number => {
    const seq = data.readUInt32LE(8);
    newest = Math.max(newest, seq);
    frames += 1;
    const now = performance.now() / 1000;
    const way = now - data.readDoubleLE(16);
    if (Math.floor(now) !== second) [quickestBefore, quickest, second] = [quickest, way, Math.floor(now)];
    quickest = Math.min(quickest, way);
    ages.push(way - Math.min(quickest, quickestBefore));
    return seq;
  };
  const begun = performance.now();
  const recoverAt = begun + 800 * seconds;
  const recoveries: Promise<number>[] = [];
  for (let page = 0; page < PAGES; page++) {
    const socket = page === 0 ? first : await connect();
    const isMute = page >= PAGES - MUTE_PAGES;
    const isSlow = !isMute && page >= PAGES - MUTE_PAGES - SLOW_PAGES;
    if (!isMute && !isSlow) {
      socket.on("message", (data: Buffer, isBinary) => {
        if (!isBinary || data[0] !== FRAME_KIND) return;
        const seq = arrived(data);
        if (seq % 2 === 0) ask(socket, { op: "ack", seq });
      });
    }
    if (isSlow) recoveries.push(readSlowly(socket, recoverAt, () => newest, ask));
    if (page > 0) ask(socket, { op: "join", request: 1, session });
    if (isMute) socket.pause();
  }
  process.send?.({ connected: PAGES });
  const recovered = await Promise.all(recoveries);
  await wait(Math.max(0, begun + 1000 * seconds - performance.now()));
  const elapsed = (performance.now() - begun) / 1000;
  process.send?.({
    framesPerSecond: frames / elapsed / (PAGES - SLOW_PAGES - MUTE_PAGES),
    frameAge99: 1000 * quantile(ages, 0.99),
    recovery: 1000 * Math.max(...recovered),
  });
  process.exit();
}

/** Reads some bytes a second until a moment, then freely; seconds from then until it sees the present. */
function readSlowly(
  socket: WebSocket,
  until: number,
  newest: () => number,
  ask: (socket: WebSocket, message: ClientMessage) => void,
): Promise<number> {
  return new Promise((resolve) => {
    let allowed = 0;
    const timer = setInterval(() => {
      if (performance.now() >= until) clearInterval(timer);
      allowed = Math.min(allowed + SLOW_RATE / 20, SLOW_RATE);
      if (allowed > 0 || performance.now() >= until) socket.resume();
    }, 50);
    socket.on("message", (data: Buffer, isBinary) => {
      allowed -= data.length;
      const isFree = performance.now() >= until;
      if (allowed <= 0 && !isFree) socket.pause();
      if (!isBinary || data[0] !== FRAME_KIND) return;
      const seq = data.readUInt32LE(8);
      ask(socket, { op: "ack", seq });
      if (isFree && seq >= newest() - PRESENT) resolve((performance.now() - until) / 1000);
    });
  });
}

/** Waits for a message of a process that has some figure. */
function told(child: ChildProcess, name: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if (isRecord(message) && name in message) resolve(message);
    });
    child.once("exit", (code) => reject(new Error(`a process ended with ${code}`)));
  });
}

/** Trains for some steps; updates per second. */
function train(steps: number, folder: string, name: string): Promise<number> {
  const out = join(folder, name);
  const main = join(import.meta.dirname, "../dist/cli/main.js");
  const settings = ["train.evaluationEpisodes=1", "train.finalEpisodes=1", "train.evaluateEvery=100000"];
  const words = [
    "train",
    "--steps",
    `${steps}`,
    "--out",
    out,
    ...settings.flatMap((each) => ["--set", each]),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...words], { stdio: "ignore" });
    child.once("exit", (code) => {
      if (code !== 0) reject(new Error(`the training ended with ${code}`));
      else resolve(Number(JSON.parse(readFileSync(join(out, "result.json"), "utf8")).updatesPerSecond));
    });
  });
}

interface Round {
  readonly updatesPerSecond: number;
  readonly growth: number;
  readonly maxBuffered: number;
  readonly framesPerSecond: number;
  readonly frameAge99: number;
  readonly recovery: number;
}

/** Serves, looks on and trains at the same time. */
async function measureWatched(seconds: number, steps: number, folder: string, name: string): Promise<Round> {
  const self = process.argv[1] ?? "";
  const server = fork(self, ["--role", "serve"]);
  const { port, token } = await told(server, "port");
  const pages = fork(self, ["--role", "look", `${port}`, `${token}`, `${seconds}`]);
  const report = told(pages, "recovery");
  await told(pages, "connected");
  const begun = performance.now();
  const settled = Math.min(10_000, 200 * seconds);
  let [early, peak, maxBuffered] = [0, 0, 0];
  server.on("message", (message) => {
    if (!isRecord(message) || typeof message["rss"] !== "number") return;
    maxBuffered = Math.max(maxBuffered, Number(message["maxBuffered"]));
    if (performance.now() - begun < settled) early = message["rss"];
    else peak = Math.max(peak, message["rss"]);
  });
  const updatesPerSecond = await train(steps, folder, name);
  const figures = await report;
  server.disconnect();
  return {
    updatesPerSecond,
    growth: (peak - early) / 2 ** 20,
    maxBuffered: maxBuffered / 2 ** 10,
    framesPerSecond: Number(figures["framesPerSecond"]),
    frameAge99: Number(figures["frameAge99"]),
    recovery: Number(figures["recovery"]),
  };
}

async function main(): Promise<void> {
  const seconds = numberAfter("--seconds", 20);
  const pairs = numberAfter("--pairs", 3);
  const load = loadavg()[0] ?? 0;
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-bench-"));
  try {
    // Warm-up steps make no updates; the rest should take most of the time, beside pages too.
    const rate = await train(3000, folder, "calibration");
    const steps = 1000 + Math.round(0.6 * rate * seconds);
    const alone: number[] = [];
    const watched: Round[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      alone.push(await train(steps, folder, `alone-${pair}`));
      watched.push(await measureWatched(seconds, steps, folder, `watched-${pair}`));
    }
    const beside = median(watched.map(({ updatesPerSecond }) => updatesPerSecond));
    const worst = (name: keyof Round) => Math.max(...watched.map((round) => round[name]));
    const results = [
      ["training alone", median(alone), "updates/s"],
      ["training beside 200 pages", beside, "updates/s"],
      ["training loss", 100 * (1 - beside / median(alone)), "%"],
      ["frames to each page", median(watched.map(({ framesPerSecond }) => framesPerSecond)), "/s"],
      ["frame age, 99th percentile", worst("frameAge99"), "ms"],
      ["most buffered for one page", worst("maxBuffered"), "KiB"],
      ["server growth", worst("growth"), "MiB"],
      ["recovery", worst("recovery"), "ms"],
    ] as const;
    for (const [name, value, unit] of results) {
      const rounded = Number(value.toFixed(1));
      if (process.argv.includes("--json")) {
        console.log(JSON.stringify({ bench: "viewer", case: name, engine: "ws", value: rounded, unit }));
      } else console.log(`${name.padEnd(32)} ${String(rounded).padStart(8)} ${unit}`);
    }
    if (!process.argv.includes("--json")) {
      const busy =
        load > 0.5 ? `; the machine was busy before (load ${load.toFixed(1)}): do not trust this` : "";
      console.log(`\n${pairs} pairs of ${seconds} s, ${PAGES} pages, Node ${process.version}${busy}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [role, ...given] = process.argv.slice(process.argv.indexOf("--role") + 1);
if (!process.argv.includes("--role")) await main();
else if (role === "serve") await serve();
else await look(Number(given[0]), given[1] ?? "", Number(given[2]));
