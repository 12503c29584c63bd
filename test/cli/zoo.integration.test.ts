import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("steadyarm zoo", () => {
  it("lists every policy with its success rate, steps and minutes", async () => {
    const { code, stdout } = await inProcess(["zoo"], ROOT);
    expect(code).toBe(0);
    const [header, ...lines] = stdout.split("\n");
    expect(header).toMatch(/^policy +environment +control +success +steps +minutes +demonstrations$/);
    for (const name of readdirSync(join(ROOT, "zoo"))) {
      const line = lines.find((each) => each.startsWith(`zoo/${name} `));
      expect(line, name).toMatch(/ (torque|ee) +[01]\.\d{3} of \d+ +[\d,]+ +[\d.]+ +(yes|no)$/);
    }
  });

  it("prints JSON with paths that other commands take from any folder", async () => {
    const cwd = temporaryFolder();
    const entries: { path: string; command: string }[] = JSON.parse(
      (await inProcess(["zoo", "--json"], cwd)).stdout,
    );
    expect(entries.length).toBe(readdirSync(join(ROOT, "zoo")).length);
    for (const { path, command } of entries) {
      expect(existsSync(join(cwd, path, "policies"))).toBe(true);
      expect(command).toContain("npx steadyarm train --env ");
    }
  });
});
