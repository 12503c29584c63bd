import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockRun } from "../../storage/run-lock.ts";
import { nextLine, startChild } from "../child-process.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

const HELD = "Wait for it, stop it, or choose another --out";

function holderIn(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, "run.lock"), "utf8"));
}

function forgeHolder(folder: string, holder: Record<string, unknown>): void {
  writeFileSync(join(folder, "run.lock"), JSON.stringify(holder));
}

describe("a run's lock", () => {
  it("keeps a second one out and names the first, until it is released", () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder);
    expect(refusal(() => lockRun(folder))).toBe(
      `${folder}: another run is writing here: process ${process.pid} on ${hostname()}. ${HELD}`,
    );
    expect(readdirSync(folder)).toEqual(["run.lock"]);
    lock.verify();
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    lockRun(folder).release();
  });

  it("keeps another process out, and lets it in afterwards", async () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder);
    expect(await nextLine(startChild("storage/locking-child", folder))).toContain(
      `process ${process.pid} on ${hostname()}`,
    );
    lock.release();
    const child = startChild("storage/locking-child", folder);
    expect(await nextLine(child)).toBe("locked");
    expect(refusal(() => lockRun(folder))).toContain(`process ${child.pid} on ${hostname()}`);
    child.stdin.write("stop\n");
    expect(await nextLine(child)).toBe("released");
    lockRun(folder).release();
  });

  it("is taken over from a process that was killed", async () => {
    const folder = temporaryFolder();
    const child = startChild("storage/locking-child", folder);
    expect(await nextLine(child)).toBe("locked");
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    expect(holderIn(folder)["pid"]).toBe(child.pid);
    const lock = lockRun(folder);
    expect(holderIn(folder)["pid"]).toBe(process.pid);
    lock.verify();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(process.platform === "linux")(
    "is taken over when its process number was given to another since",
    () => {
      const folder = temporaryFolder();
      const earlier = { pid: process.pid, host: hostname(), birth: "an earlier boot 1234" };
      forgeHolder(folder, earlier);
      lockRun(folder).release();
      forgeHolder(folder, { ...earlier, birth: null });
      expect(refusal(() => lockRun(folder))).toContain(`process ${process.pid}`);
    },
  );

  it("is never taken over from another machine, whose processes nobody here can see", () => {
    const folder = temporaryFolder();
    forgeHolder(folder, { pid: 999_999, host: "elsewhere", birth: null });
    expect(refusal(() => lockRun(folder))).toBe(
      `${folder}: another run is writing here: process 999999 on elsewhere. ${HELD}, or remove ${join(folder, "run.lock")} if that machine is gone`,
    );
  });

  it("is not taken from a file that is no lock", () => {
    const folder = temporaryFolder();
    for (const text of ["", "{}", "12345", '{"pid":-1,"host":"x","birth":null}']) {
      writeFileSync(join(folder, "run.lock"), text);
      expect(refusal(() => lockRun(folder))).toContain("run.lock");
      expect(readFileSync(join(folder, "run.lock"), "utf8")).toBe(text);
    }
  });

  it("notices that it was removed or replaced, and then leaves the other's alone", () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder);
    rmSync(join(folder, "run.lock"));
    expect(refusal(() => lock.verify())).toContain("no longer holds it");
    const other = { pid: 1, host: "elsewhere", birth: null };
    forgeHolder(folder, other);
    expect(refusal(() => lock.verify())).toContain("no longer holds it");
    lock.release();
    expect(holderIn(folder)).toEqual(other);
  });

  it("goes to one of five processes that find a dead one's lock at once", async () => {
    const folder = temporaryFolder();
    forgeHolder(folder, { pid: 999_999_999, host: hostname(), birth: null });
    const lines = await Promise.all(
      Array.from({ length: 5 }, () => nextLine(startChild("storage/locking-child", folder))),
    );
    expect(lines.filter((line) => line === "locked")).toHaveLength(1);
    expect(lines.filter((line) => line.includes("another run is writing here"))).toHaveLength(4);
  });
});
