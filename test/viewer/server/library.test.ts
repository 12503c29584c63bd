/** @file The library lists runs and zoo entries, and skips other files and folders beside them. */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Library } from "../../../viewer/server/library.ts";

const ZOO = join(import.meta.dirname, "../../../zoo");

it("skips other files and folders among runs and zoo entries", () => {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-library-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [runs, zoo] = [join(folder, "runs"), join(folder, "zoo")];
  for (const each of [runs, zoo]) {
    mkdirSync(join(each, "empty"), { recursive: true });
    writeFileSync(join(each, "notes.txt"), "");
  }
  cpSync(join(ZOO, "panda-reach-steady"), join(zoo, "mine"), { recursive: true });
  const names = (zooFolder: string) =>
    new Library({ named: [], runs, zoo: zooFolder }).infos.map(({ name }) => name);
  const [without, withMine] = [names(join(folder, "none")), names(zoo)];
  expect(withMine.length).toBe(without.length + 1);
});
