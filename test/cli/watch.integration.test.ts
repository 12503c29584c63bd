/** @file Watching as a person starts it: alone, beside a training, from a recording; and what goes wrong. */

import { type ChildProcess, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeClip } from "../../shared/protocol-clip.ts";
import { readEpisode } from "../../viewer/server/episode-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { PageClient } from "../viewer/server/page-client.ts";
import { checkpointReached, essence } from "./run-essence.ts";
import { type Running, shortRun, start, steadyarm } from "./steadyarm.ts";

const ADDRESS = /http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})/;

/** Waits until a program has printed where to watch. */
function addressOf({ child }: Running): Promise<{ port: number; token: string }> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.on("data", (text) => {
      printed += text;
      const [, port, token] = ADDRESS.exec(printed) ?? [];
      if (token !== undefined) resolve({ port: Number(port), token });
    });
    child.on("close", () => reject(new Error(`it ended and had printed: ${printed}`)));
  });
}

function watch(words: readonly string[], cwd: string): Running {
  const running = start(["watch", "--port", "0", ...words], cwd);
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return running;
}

async function end({ child, finished }: Running) {
  child.kill("SIGINT");
  return finished;
}

/** The number of the viewer's process that a training has started, while it is there. */
function viewerOf({ pid }: ChildProcess): number | undefined {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const lines = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const found = lines.find(([, parent, ...words]) => Number(parent) === pid && words.includes("--no-open"));
  return found === undefined ? undefined : Number(found[0]);
}

describe("steadyarm watch", () => {
  it("serves what is named, prints one address, and ends at Ctrl-C", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 200), cwd);
    await steadyarm(["record", "run", "--seed", "3", "--out", "three.episode"], cwd);
    const running = watch(["run", "run/policies/step-0.safetensors", "three.episode"], cwd);
    const page = await PageClient.connect(await addressOf(running));
    const { open } = await page.heard("hello");
    expect(open).toEqual(["run:run", "policy:step-0", "episode:three"]);
    page.send({ op: "open", request: 1, seed: 3, slots: open.map((source) => ({ source })) });
    const { slots } = await page.heard("opened");
    expect(slots.map(({ step }) => step)).toEqual([200, 0, 200]);
    await page.until(() => page.clips[2]);
    // The recording is the episode that the run's policy plays anew.
    expect({ ...page.clips[2], slot: 0 }).toEqual(page.clips[0]);
    const goodbye = page.closed();
    const { code, stderr } = await end(running);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect((await goodbye).code).toBe(1001);
  });

  it("shows without a name what there is: runs here, or at least random torques", async () => {
    const cwd = temporaryFolder();
    const alone = watch([], cwd);
    const page = await PageClient.connect(await addressOf(alone));
    expect((await page.heard("library")).sources.some(({ kind }) => kind === "builtin")).toBe(true);
    await end(alone);
    mkdirSync(join(cwd, "runs"));
    await steadyarm(shortRun("runs/one", 200), cwd);
    const running = watch([], cwd);
    const { sources } = await (await PageClient.connect(await addressOf(running))).heard("library");
    expect(sources.filter(({ kind }) => kind === "run").map(({ id }) => id)).toEqual(["run:one"]);
    expect((await end(running)).stdout).toMatch(/^(zoo: .*\n)?runs: one\nwatch at http/);
  });

  it("says in one line that a port is taken, and leaves no process behind", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { code, stdout, stderr } = await steadyarm(["watch", "--port", `${port}`], temporaryFolder());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      `steadyarm: --port ${port}: another program is using it. Choose another one, or leave --port out\n`,
    );
  });

  it.each([
    [["watch", "none"], "none: expected the folder of a run, a policy or an episode, got nothing there"],
    [["watch", "."], "manifest.json: "],
    [["watch", "text.txt"], "text.txt"],
    [["watch", "text.episode"], "text.episode: expected an episode that `steadyarm record` wrote"],
    [
      ["watch", "--host", "0.0.0.0"],
      '--host: expected 127.0.0.1, got "0.0.0.0". Other machines cannot watch',
    ],
    [["watch", "--port", "x"], '--port: expected an integer in [0, 65535], got "x"'],
    [["watch", "--port", "70000"], "--port: expected an integer in [0, 65535]"],
    [["watch", "--prot", "1"], "unknown option '--prot'. Did you mean --port?"],
    [["record"], "missing required argument 'run'"],
    [["record", "none"], "none: expected the folder of a run"],
    [["record", "none", "--seed", "-1"], '--seed: expected an integer ≥ 0, got "-1"'],
    [["record", "none", "--noise", "2"], '--noise: expected a number in [0, 1], got "2"'],
  ])("refuses %j in one line and writes nothing", async (words, line) => {
    const cwd = temporaryFolder();
    for (const name of ["text.txt", "text.episode"]) writeFileSync(join(cwd, name), "text");
    const { code, stdout, stderr } = await steadyarm(words, cwd);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(line);
    expect(readdirSync(cwd).sort()).toEqual(["text.episode", "text.txt"]);
  });
});

describe("steadyarm record", () => {
  it("writes the same bytes for the same seed, says how it went, and keeps what is there", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 200), cwd);
    const words = ["record", "run", "--seed", "7", "--noise", "0.1", "--json"];
    const one = JSON.parse((await steadyarm([...words, "--out", "one.episode"], cwd)).stdout);
    await steadyarm([...words, "--out", "two.episode"], cwd);
    expect(readFileSync(join(cwd, "one.episode"))).toEqual(readFileSync(join(cwd, "two.episode")));
    expect(one).toMatchObject({ file: "one.episode", env: "planar2-reach", seed: 7, noise: 0.1, step: 200 });
    const again = await steadyarm([...words, "--out", "one.episode"], cwd);
    expect(again.code).toBe(2);
    expect(again.stderr).toBe("steadyarm: one.episode: it is there already. Choose another --out\n");
    const step = await steadyarm(["record", "run", "--step", "77", "--out", "three.episode"], cwd);
    expect(step.stderr).toContain("run: step: expected one that there is a policy of, got 77");
    expect(existsSync(join(cwd, "three.episode"))).toBe(false);
  });

  it("makes files of which every cut and every flipped bit is noticed", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 200), cwd);
    await steadyarm(["record", "run", "--out", "whole.episode"], cwd);
    const whole = readFileSync(join(cwd, "whole.episode"));
    expect(decodeClip(whole.subarray(16 + whole.readUInt32LE(12), whole.length - 32)).steps).toBe(50);
    const path = join(cwd, "damaged.episode");
    const refused = (bytes: Uint8Array) => {
      writeFileSync(path, bytes);
      expect(() => readEpisode(path)).toThrow(/^[^\n]*damaged\.episode[^\n]*$/);
    };
    for (let length = 0; length < whole.length; length += 997) refused(whole.subarray(0, length));
    for (let at = 0; at < whole.length; at += 499) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << (at % 8);
      refused(damaged);
    }
  });
});

describe("steadyarm train --watch", () => {
  it("trains the same bits as without, and the viewer ends with it", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("alone", 600), cwd);
    const running = start([...shortRun("watched", 600), "--watch"], cwd);
    const { stdout, stderr, code } = await running.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^success_rate /);
    expect(essence(join(cwd, "watched"))).toEqual(essence(join(cwd, "alone")));
  });

  it("shows the run as it grows", async () => {
    const cwd = temporaryFolder();
    const running = start([...shortRun("run", 20_000), "--watch"], cwd);
    onTestFinished(() => void running.child.kill("SIGKILL"));
    const page = await PageClient.connect(await addressOf(running));
    expect((await page.heard("hello")).open).toEqual(["run:run"]);
    const { sources } = await page.heard("library");
    expect(sources.find(({ id }) => id === "run:run")).toMatchObject({ state: "running" });
    page.send({ op: "follow", source: "run:run" });
    await page.heard("curves", ({ steps }) => steps.length > 0);
    const steps = (infos: typeof sources) => infos.find(({ id }) => id === "run:run")?.steps.length ?? 0;
    await page.heard("library", (message) => steps(message.sources) > steps(sources));
    const goodbye = page.closed();
    running.child.kill("SIGTERM");
    expect((await running.finished).code).toBe(143);
    await goodbye;
  });

  it("goes on training when the viewer is killed, and ends the viewer when it is killed itself", async () => {
    const cwd = temporaryFolder();
    const running = start([...shortRun("run", 100_000), "--watch"], cwd);
    onTestFinished(() => void running.child.kill("SIGKILL"));
    await addressOf(running);
    const viewer = viewerOf(running.child);
    if (viewer === undefined) throw new Error("there is no viewer");
    // A viewer has the lowest priority: on a busy machine it takes its time to die, and to be missed.
    const missed = new Promise<void>((resolve) => {
      let said = "";
      running.child.stdout?.on("data", (text) => {
        said += text;
        if (said.includes("the viewer has ended (SIGKILL); training goes on")) resolve();
      });
    });
    process.kill(viewer, "SIGKILL");
    await missed;
    expect(viewerOf(running.child)).toBeUndefined();
    const saved = Math.max(
      ...readdirSync(join(cwd, "run", "policies")).map((name) => Number(/\d+/.exec(name))),
    );
    await checkpointReached(join(cwd, "run"), saved + 400);
    running.child.kill("SIGTERM");
    expect((await running.finished).code).toBe(143);

    const killed = start([...shortRun("other", 100_000), "--watch"], cwd);
    const page = await PageClient.connect(await addressOf(killed));
    const goodbye = page.closed();
    killed.child.kill("SIGKILL");
    expect((await goodbye).code).toBe(1001);
  });
});
