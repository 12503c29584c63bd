import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockRun } from "../../storage/run-lock.ts";
import { nextLine, startChild } from "../child-process.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

function ownerIn(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, "run.lock"), "utf8"));
}

function forgeOwner(folder: string, owner: Record<string, unknown>): void {
  writeFileSync(join(folder, "run.lock"), JSON.stringify(owner));
}

describe("a run's lock", () => {
  it("excludes a second lock and names the owner until it is released", () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder);
    expect(refusal(() => lockRun(folder))).toContain(
      `${folder}: another run is writing here: process ${process.pid} on ${hostname()}`,
    );
    expect(readdirSync(folder)).toEqual(["run.lock"]);
    lock.verify();
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    lockRun(folder).release();
  });

  it("excludes another process until it is released", async () => {
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

  it("is taken over from a killed process", async () => {
    const folder = temporaryFolder();
    const child = startChild("storage/locking-child", folder);
    expect(await nextLine(child)).toBe("locked");
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    expect(ownerIn(folder)["pid"]).toBe(child.pid);
    const lock = lockRun(folder);
    expect(ownerIn(folder)["pid"]).toBe(process.pid);
    lock.verify();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(process.platform === "linux")(
    "is taken over if its process number belongs to a later process",
    () => {
      const folder = temporaryFolder();
      const earlier = { pid: process.pid, host: hostname(), birth: "an earlier boot 1234" };
      forgeOwner(folder, earlier);
      lockRun(folder).release();
      forgeOwner(folder, { ...earlier, birth: null });
      expect(refusal(() => lockRun(folder))).toContain(`process ${process.pid}`);
    },
  );

  it("is never taken over from another machine", () => {
    const folder = temporaryFolder();
    forgeOwner(folder, { pid: 999_999, host: "elsewhere", birth: null });
    const line = refusal(() => lockRun(folder));
    expect(line).toContain("process 999999 on elsewhere");
    expect(line).toContain(`remove ${join(folder, "run.lock")} if that machine is gone`);
  });

  it("is not taken over from a file that is not a lock", () => {
    const folder = temporaryFolder();
    for (const text of ["", "{}", "12345", '{"pid":-1,"host":"x","birth":null}']) {
      writeFileSync(join(folder, "run.lock"), text);
      expect(refusal(() => lockRun(folder))).toContain("run.lock");
      expect(readFileSync(join(folder, "run.lock"), "utf8")).toBe(text);
    }
  });

  it("detects that it was removed or replaced, and does not release another process's lock", () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder);
    rmSync(join(folder, "run.lock"));
    expect(refusal(() => lock.verify())).toContain("no longer owns the lock");
    const other = { pid: 1, host: "elsewhere", birth: null };
    forgeOwner(folder, other);
    expect(refusal(() => lock.verify())).toContain("no longer owns the lock");
    lock.release();
    expect(ownerIn(folder)).toEqual(other);
  });

  it("is taken over by one of five processes that find a stale lock", async () => {
    const folder = temporaryFolder();
    forgeOwner(folder, { pid: 999_999_999, host: hostname(), birth: null });
    const lines = await Promise.all(
      Array.from({ length: 5 }, () => nextLine(startChild("storage/locking-child", folder))),
    );
    expect(lines.filter((line) => line === "locked")).toHaveLength(1);
    expect(lines.filter((line) => line.includes("another run is writing here"))).toHaveLength(4);
  });
});
