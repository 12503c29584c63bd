/** @file `steadyarm watch` and `train --watch` when the system refuses: file descriptors, permissions, temporary folders. */

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, utimesSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { PageClient } from "../viewer/server/page-client.ts";
import { addMetricRows, writeSampleRun } from "../viewer/server/sample-runs.ts";
import { MAIN } from "./steadyarm.ts";

const ADDRESS = /http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})/;

/** Permissions do not bind root: as root, programs run as another user. */
const OTHER_USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Starts `steadyarm watch` with at most `files` open files and returns its address and what it prints to stderr. */
async function watch(cwd: string, files: number, args: readonly string[] = [], as: object = {}) {
  const command = [
    `ulimit -n ${files}; exec "$0" "$@"`,
    process.execPath,
    MAIN,
    "watch",
    "--port",
    "0",
    ...args,
  ];
  const child: ChildProcess = spawn("sh", ["-c", ...command], { cwd, ...as });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => {
    stdout += text;
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  await expect.poll(() => ADDRESS.test(stdout) || child.exitCode !== null).toBe(true);
  const [, port, token = ""] = ADDRESS.exec(stdout) ?? [];
  return { child, port: Number(port), token, stderr: () => stderr };
}

describe("steadyarm watch with few file descriptors", () => {
  it.each([110, 300])("serves its pages under more connections than ulimit -n %i", async (files) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "runs"));
    await writeSampleRun(join(cwd, "runs", "one"), 1, [0]);
    const server = await watch(cwd, files);
    const page = await PageClient.connect(server);
    const { sources } = await page.untilMessage("library");
    for (let i = 0; i < 400; i++) {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
    }
    // A new run appears, so the server still lists folders, and no source is missing meanwhile.
    await writeSampleRun(join(cwd, "runs", "two"), 2, [0]);
    const after = await page.untilMessage("library", (each) =>
      each.sources.some(({ id }) => id === "run:two"),
    );
    expect(after.sources.length).toBe(sources.length + 1);
    page.send({ op: "follow", source: "run:one" });
    await page.untilMessage("curves");
    await PageClient.connect(server);
    expect({ code: server.child.exitCode, stderr: server.stderr() }).toEqual({ code: null, stderr: "" });
  });
});

describe("steadyarm watch of folders that cannot be read", () => {
  /** A folder with two runs that belong to another user, if this one is root. */
  async function twoRuns(): Promise<string> {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "runs"));
    for (const name of ["one", "two"]) {
      await writeSampleRun(join(cwd, "runs", name), 1, [0]);
      addMetricRows(join(cwd, "runs", name), [{ step: 0, values: { "eval/success_rate": 0 } }]);
    }
    chmodSync(cwd, 0o755);
    return cwd;
  }

  it.each(["policies", "metrics.jsonl", "manifest.json", ""])(
    "goes on when runs/one/%s becomes unreadable",
    async (path) => {
      const cwd = await twoRuns();
      const server = await watch(cwd, 1024, [], OTHER_USER);
      const page = await PageClient.connect(server);
      page.send({ op: "follow", source: "run:one" });
      await page.untilMessage("curves");
      const locked = join(cwd, "runs", "one", path);
      chmodSync(locked, 0o000);
      onTestFinished(() => chmodSync(locked, 0o755));
      utimesSync(join(cwd, "runs", "one"), 1, 1);
      await writeSampleRun(join(cwd, "runs", "three"), 2, [0]);
      await page.untilMessage("library", (each) => each.sources.some(({ id }) => id === "run:three"));
      page.send({ op: "open", request: 5, slots: [{ source: "run:two" }], seed: 1 });
      await page.untilMessage("opened");
      expect({ code: server.child.exitCode, stderr: server.stderr() }).toEqual({ code: null, stderr: "" });
    },
  );

  it.each([
    ["runs", "runs"],
    ["runs/one", "runs/one"],
    ["runs/one/policies", "runs/one/policies"],
    ["runs/one/manifest.json", "runs/one/manifest.json"],
  ])("starts without %s, and names it in a warning", async (path, named) => {
    const cwd = await twoRuns();
    chmodSync(join(cwd, path), 0o000);
    onTestFinished(() => chmodSync(join(cwd, path), 0o755));
    const server = await watch(cwd, 1024, [], OTHER_USER);
    const page = await PageClient.connect(server);
    const { sources } = await page.untilMessage("library");
    expect(sources.some(({ id }) => id === "run:one")).toBe(false);
    expect(sources.some(({ id }) => id === "run:two")).toBe(path !== "runs");
    expect(server.stderr()).toMatch(
      new RegExp(`^warning: [^\\n]*${named}[^\\n]*: cannot read: permission denied[^\\n]*\\n$`),
    );
    expect(server.child.exitCode).toBeNull();
  });

  it("names a run whose policies cannot be read in one line, if it is the one to watch", async () => {
    const cwd = await twoRuns();
    chmodSync(join(cwd, "runs/one/policies"), 0o000);
    onTestFinished(() => chmodSync(join(cwd, "runs/one/policies"), 0o755));
    const server = await watch(cwd, 1024, ["runs/one"], OTHER_USER);
    await expect.poll(() => server.child.exitCode).toBe(2);
    expect(server.stderr()).toMatch(
      /^steadyarm: runs\/one\/policies: cannot read: permission denied[^\n]*\n$/,
    );
  });
});
