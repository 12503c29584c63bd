import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  isTemporaryName,
  removeFolderAtomically,
  removeLeftovers,
  temporaryPath,
  writeFileAtomically,
  writeFolderAtomically,
} from "../../storage/atomic-file.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

describe("writing a file atomically", () => {
  it("writes text or pieces of bytes and leaves no other file", () => {
    const folder = temporaryFolder();
    const path = join(folder, "a.txt");
    writeFileAtomically(path, "naïve");
    expect(readFileSync(path, "utf8")).toBe("naïve");
    writeFileAtomically(path, [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("overwrites a temporary file of an earlier process with the same number", () => {
    const folder = temporaryFolder();
    const path = join(folder, "a.txt");
    writeFileSync(temporaryPath(path), "a longer leftover of an earlier process");
    writeFileAtomically(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("names the path and changes nothing if the path cannot be written", () => {
    const folder = temporaryFolder();
    const path = join(folder, "occupied");
    mkdirSync(join(path, "child"), { recursive: true });
    expect(refusal(() => writeFileAtomically(path, "x"))).toContain(`${path}: cannot write: it is a folder`);
    expect(readdirSync(folder)).toEqual(["occupied"]);
    const missing = join(folder, "no", "such.txt");
    expect(refusal(() => writeFileAtomically(missing, "x"))).toContain(
      `${missing}: cannot write: no such file or folder`,
    );
  });

  it.skipIf(process.getuid?.() === 0)("reports a folder without write permission", () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(refusal(() => writeFileAtomically(join(folder, "a"), "x"))).toContain("permission denied");
    chmodSync(folder, 0o700);
  });
});

describe("an atomically written folder", () => {
  const files = new Map([
    ["a", "1"],
    ["b", "2"],
  ]);

  it("appears with all of its files", () => {
    const folder = temporaryFolder();
    writeFolderAtomically(join(folder, "new"), files);
    expect(readdirSync(folder)).toEqual(["new"]);
    expect(readdirSync(join(folder, "new"))).toEqual(["a", "b"]);
    expect(readFileSync(join(folder, "new", "b"), "utf8")).toBe("2");
  });

  it("does not appear if one file cannot be written", () => {
    const folder = temporaryFolder();
    const tooLong = new Map([...files, ["c".repeat(300), "3"]]);
    expect(refusal(() => writeFolderAtomically(join(folder, "new"), tooLong))).toContain(
      "the name is too long",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not replace a folder that is not empty", () => {
    const folder = temporaryFolder();
    writeFolderAtomically(join(folder, "new"), files);
    expect(() => writeFolderAtomically(join(folder, "new"), new Map([["z", "9"]]))).toThrow();
    expect(readdirSync(folder)).toEqual(["new"]);
    expect(readdirSync(join(folder, "new"))).toEqual(["a", "b"]);
  });

  it("rejects a file name with a path", () => {
    const folder = temporaryFolder();
    const escaping = new Map([["../escaped", "x"]]);
    expect(() => writeFolderAtomically(join(folder, "new"), escaping)).toThrow("internal:");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is removed completely", () => {
    const folder = temporaryFolder();
    writeFolderAtomically(join(folder, "old"), files);
    removeFolderAtomically(join(folder, "old"));
    expect(readdirSync(folder)).toEqual([]);
    expect(refusal(() => removeFolderAtomically(join(folder, "old")))).toContain("no such file or folder");
  });
});

describe("temporary files of killed processes", () => {
  it("are recognised by name, and only they are removed", () => {
    const folder = temporaryFolder();
    const kept = [".hidden", "step-5", "x.tmp", ".gitignore"];
    for (const name of kept) writeFileSync(join(folder, name), "");
    for (let i = 0; i < 20; i++)
      mkdirSync(join(folder, `.step-${i}.${1000 + i}-0.tmp`, "inside"), { recursive: true });
    expect(isTemporaryName(".step-3.1003-0.tmp")).toBe(true);
    expect(kept.some(isTemporaryName)).toBe(false);
    expect(removeLeftovers(folder)).toHaveLength(20);
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
  });
});
