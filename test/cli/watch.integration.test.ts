/** @file `steadyarm watch`, `record` and `train --watch`. */

import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { constants, getPriority } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeClip } from "../../shared/protocol-clip.ts";
import { readEpisode } from "../../viewer/server/episode-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { PageClient } from "../viewer/server/page-client.ts";
import { inProcess } from "./in-process.ts";
import { checkpointReached } from "./interrupted-run.ts";
import { reproducibleParts } from "./reproducible-parts.ts";
import { MAIN, type Running, shortRun, start, steadyarm } from "./steadyarm.ts";

const ADDRESS = /http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})/;

/** Resolves when a program has printed the viewer's address. */
function addressOf({ child }: Running): Promise<{ port: number; token: string }> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.on("data", (text) => {
      printed += text;
      const [, port, token] = ADDRESS.exec(printed) ?? [];
      if (token !== undefined) resolve({ port: Number(port), token });
    });
    child.on("close", () => reject(new Error(`it exited and had printed: ${printed}`)));
  });
}

function watch(args: readonly string[], cwd: string): Running {
  return start(["watch", "--port", "0", ...args], cwd);
}

async function end({ child, finished }: Running) {
  child.kill("SIGINT");
  return finished;
}

/** Returns the process id of the viewer that a training has started, or undefined if there is none. */
function viewerOf({ pid }: ChildProcess): number | undefined {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const processes = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const viewer = processes.find(
    ([, parent, ...args]) => Number(parent) === pid && args.includes("--no-open"),
  );
  return viewer === undefined ? undefined : Number(viewer[0]);
}

async function viewerProcess(training: ChildProcess): Promise<number> {
  await expect.poll(() => viewerOf(training)).toBeDefined();
  return viewerOf(training) ?? 0;
}

describe("steadyarm watch", () => {
  it("serves the named sources, prints its address, and exits on Ctrl-C", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 200), cwd);
    await inProcess(["record", "run", "--seed", "3", "--out", "three.episode"], cwd);
    const running = watch(["run", "run/policies/step-0.safetensors", "three.episode"], cwd);
    const page = await PageClient.connect(await addressOf(running));
    const { open } = await page.untilMessage("hello");
    expect(open).toEqual(["run:run", "policy:step-0", "episode:three"]);
    page.send({ op: "open", request: 1, seed: 3, slots: open.map((source) => ({ source })) });
    const { slots } = await page.untilMessage("opened");
    expect(slots.map(({ step }) => step)).toEqual([200, 0, 200]);
    await page.until(() => page.clips[2]);
    // The recorded episode equals the one that the run's policy plays now.
    expect({ ...page.clips[2], slot: 0 }).toEqual(page.clips[0]);
    // It slows no training beside it, but gets its share of a busy machine.
    await expect.poll(() => getPriority(running.child.pid)).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
    const goodbye = page.closed();
    const { code, stderr } = await end(running);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect((await goodbye).code).toBe(1001);
  });

  it("shows the runs in runs/ without arguments, or random torques if there are none", async () => {
    const cwd = temporaryFolder();
    const alone = watch([], cwd);
    const page = await PageClient.connect(await addressOf(alone));
    expect((await page.untilMessage("library")).sources.some(({ kind }) => kind === "builtin")).toBe(true);
    await end(alone);
    mkdirSync(join(cwd, "runs"));
    await inProcess(shortRun("runs/one", 200), cwd);
    const running = watch([], cwd);
    const { sources } = await (await PageClient.connect(await addressOf(running))).untilMessage("library");
    expect(sources.filter(({ kind }) => kind === "run").map(({ id }) => id)).toEqual(["run:one"]);
    expect((await end(running)).stdout).toMatch(/^(zoo: .*\n)?runs: one\nwatch at http/);
  });

  it("prints one line if the port is in use, and exits", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { code, stdout, stderr } = await steadyarm(["watch", "--port", `${port}`], temporaryFolder());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^steadyarm: --port ${port}: .*--port.*\n$`));
  });

  it.each([
    [["watch", "none"], "none: expected "],
    [["watch", "."], "manifest.json: "],
    [["watch", "text.txt"], "text.txt"],
    [["watch", "text.episode"], "text.episode: expected an episode"],
    [["watch", "--host", "0.0.0.0"], '--host: expected 127.0.0.1, got "0.0.0.0". '],
    [["watch", "--port", "x"], '--port: expected an integer in [0, 65535], got "x"'],
    [["watch", "--port", "70000"], "--port: expected an integer in [0, 65535]"],
    [["watch", "--prot", "1"], "unknown option '--prot'. Did you mean --port?"],
    [["record"], "record: expected a run, or --scripted <env>, got neither"],
    [["record", "none"], "none: expected "],
    [["record", "none", "--seed", "-1"], '--seed: expected an integer ≥ 0, got "-1"'],
    [["record", "none", "--noise", "2"], '--noise: expected a number in [0, 1], got "2"'],
  ])("rejects %j in one line and writes no file", async (args, line) => {
    const cwd = temporaryFolder();
    for (const name of ["text.txt", "text.episode"]) writeFileSync(join(cwd, name), "text");
    const { code, stdout, stderr } = await inProcess(args, cwd);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(line);
    expect(readdirSync(cwd).sort()).toEqual(["text.episode", "text.txt"]);
  });
});

describe("steadyarm record", () => {
  it("writes the same bytes for the same seed, prints the result, and never overwrites a file", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 200), cwd);
    const args = ["record", "run", "--seed", "7", "--noise", "0.1", "--json"];
    const one = JSON.parse((await inProcess([...args, "--out", "one.episode"], cwd)).stdout);
    await inProcess([...args, "--out", "two.episode"], cwd);
    expect(readFileSync(join(cwd, "one.episode"))).toEqual(readFileSync(join(cwd, "two.episode")));
    expect(one).toMatchObject({ file: "one.episode", env: "planar2-reach", seed: 7, noise: 0.1, step: 200 });
    const again = await inProcess([...args, "--out", "one.episode"], cwd);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^steadyarm: one\.episode: .*--out\n$/);
    const step = await inProcess(["record", "run", "--step", "77", "--out", "three.episode"], cwd);
    expect(step.stderr).toMatch(/^steadyarm: run: step: .*got 77/);
    expect(existsSync(join(cwd, "three.episode"))).toBe(false);
  });

  it("writes files in which truncation and single-bit errors are detected", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 200), cwd);
    await inProcess(["record", "run", "--out", "intact.episode"], cwd);
    const intact = readFileSync(join(cwd, "intact.episode"));
    expect(decodeClip(intact.subarray(16 + intact.readUInt32LE(12), intact.length - 32)).steps).toBe(50);
    const path = join(cwd, "damaged.episode");
    const expectRejected = (bytes: Uint8Array) => {
      writeFileSync(path, bytes);
      expect(() => readEpisode(path)).toThrow(/^[^\n]*damaged\.episode[^\n]*$/);
    };
    for (let length = 0; length < intact.length; length += 997) expectRejected(intact.subarray(0, length));
    for (let at = 0; at < intact.length; at += 499) {
      const damaged = Buffer.from(intact);
      damaged[at]! ^= 1 << (at % 8);
      expectRejected(damaged);
    }
  });
});

describe("steadyarm train --watch", () => {
  it("leaves no viewer if training ends while the viewer starts", async () => {
    const child = fork(MAIN, ["watch", "--port", "0"], { cwd: temporaryFolder(), silent: true });
    onTestFinished(() => void child.kill("SIGKILL"));
    child.disconnect();
    const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, "exit")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("gives the same bits as without --watch", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("alone", 600), cwd);
    const running = start([...shortRun("watched", 600), "--watch"], cwd);
    await expect.poll(running.stdout).toContain("Ctrl-C stops the viewer");
    const { stdout, stderr, code } = await end(running);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^\nSIGINT: [^\n]*\n$/) });
    expect(stdout.trimEnd().split("\n").at(-2)).toMatch(/^success_rate /);
    expect(reproducibleParts(join(cwd, "watched"))).toEqual(reproducibleParts(join(cwd, "alone")));
  });

  it("shows the run while it trains", async () => {
    const cwd = temporaryFolder();
    const running = start([...shortRun("run", 1_000_000), "--watch"], cwd);
    const page = await PageClient.connect(await addressOf(running));
    expect((await page.untilMessage("hello")).open).toEqual(["run:run"]);
    const { sources } = await page.untilMessage("library");
    expect(sources.find(({ id }) => id === "run:run")).toMatchObject({ state: "running" });
    page.send({ op: "follow", source: "run:run" });
    await page.untilMessage("curves", ({ steps }) => steps.length > 0);
    const steps = (infos: typeof sources) => infos.find(({ id }) => id === "run:run")?.steps.length ?? 0;
    await page.untilMessage("library", (message) => steps(message.sources) > steps(sources));
    const goodbye = page.closed();
    running.child.kill("SIGTERM");
    expect((await running.finished).code).toBe(143);
    await goodbye;
  });

  it("serves the complete run until Ctrl-C, and with --json ends at once", async () => {
    const cwd = temporaryFolder();
    const running = start([...shortRun("run", 200), "--watch", "--no-open"], cwd);
    const page = await PageClient.connect(await addressOf(running));
    await page.untilMessage("library", ({ sources }) =>
      sources.some(({ id, state }) => id === "run:run" && state === "finished"),
    );
    await expect.poll(running.stdout).toMatch(/The run is complete\. .*Ctrl-C stops the viewer\n/);
    page.send({ op: "open", request: 1, slots: [{ source: "run:run" }], seed: 1 });
    await page.untilMessage("opened");
    const goodbye = page.closed();
    expect((await end(running)).code).toBe(0);
    expect((await goodbye).code).toBe(1001);

    const { code, stdout } = await steadyarm([...shortRun("other", 200), "--watch", "--json"], cwd);
    expect({ code, steps: JSON.parse(stdout).steps }).toEqual({ code: 0, steps: 200 });
  });

  it("ends when the viewer of a complete run is stopped", async () => {
    const running = start([...shortRun("run", 200), "--watch"], temporaryFolder());
    await addressOf(running);
    await expect.poll(running.stdout).toContain("The run is complete");
    process.kill(await viewerProcess(running.child), "SIGTERM");
    const { code, stdout } = await running.finished;
    expect(code).toBe(0);
    expect(stdout).toContain("the viewer exited (exit code 0)");
  });

  it("restarts a viewer that is killed, once, and keeps training; the viewer exits when training is killed", async () => {
    const cwd = temporaryFolder();
    const running = start([...shortRun("run", 1_000_000), "--watch"], cwd);
    await addressOf(running);
    const first = await viewerProcess(running.child);
    // Ctrl-C in a terminal reaches both processes: the viewer waits for the training.
    process.kill(first, "SIGINT");
    process.kill(first, "SIGKILL");
    await expect.poll(running.stdout).toContain("the viewer exited (SIGKILL) and is restarted");
    await expect.poll(() => running.stdout().match(/watch at http/g)).toHaveLength(2);
    const [, port, token = ""] = ADDRESS.exec(running.stdout().split("is restarted")[1] ?? "") ?? [];
    expect(
      (await (await PageClient.connect({ port: Number(port), token })).untilMessage("hello")).open,
    ).toEqual(["run:run"]);
    process.kill(await viewerProcess(running.child), "SIGKILL");
    await expect
      .poll(running.stdout)
      .toContain("the viewer exited (SIGKILL); training is not affected. Restart it: ");
    expect(viewerOf(running.child)).toBeUndefined();
    const saved = Math.max(
      ...readdirSync(join(cwd, "run", "policies")).map((name) => Number(/\d+/.exec(name))),
    );
    await checkpointReached(join(cwd, "run"), saved + 400);
    running.child.kill("SIGTERM");
    expect((await running.finished).code).toBe(143);

    const killed = start([...shortRun("other", 1_000_000), "--watch"], cwd);
    const page = await PageClient.connect(await addressOf(killed));
    const goodbye = page.closed();
    killed.child.kill("SIGKILL");
    expect((await goodbye).code).toBe(1001);
  });
});
