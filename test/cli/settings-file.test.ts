/** @file Files of settings: limits, tags and keys that YAML allows and settings have no use for. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readSettingsFile } from "../../cli/settings-file.ts";
import { parseConfig } from "../../shared/config.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

function fileOf(text: string): string {
  const path = join(temporaryFolder(), "c.yaml");
  writeFileSync(path, text);
  return path;
}

describe("a file of settings", () => {
  it.each([
    ["quotes", '"'.repeat(1_000_001)],
    ["empty lists", "[]".repeat(100_000)],
    ["commas", `{${",".repeat(300_000)}}`],
    ["keys", Array.from({ length: 60_000 }, (_, i) => `key${i}: 1`).join("\n")],
    ["anchors", "&a ".repeat(50_000)],
    ["empty lines", "#\n".repeat(400_000)],
    ["escaped line breaks", `a: "${"\\\n".repeat(100_000)}"`],
  ])("of too many %s is refused by its number of tokens", (_what, text) => {
    expect(refusal(() => readSettingsFile(fileOf(text)))).toContain("expected at most 20000 YAML tokens");
  });

  it.each([
    ["brackets", "[".repeat(500_000)],
    ["objects", '{"a":'.repeat(60_000)],
    ["dashes, which end the process in the parser", "- ".repeat(25_000)],
    ["question marks", "? ".repeat(20_000)],
    ["pairs without commas in brackets", `[${"x: y\n".repeat(3000)}`],
    ["pairs without commas in braces", `{"a": {"b": 1${"x: y\n".repeat(3000)}}}`],
  ])("nested too deep by %s is refused", (_what, text) => {
    expect(refusal(() => readSettingsFile(fileOf(text)))).toContain("expected values nested at most 32 deep");
  });

  it("indented too far is refused with its line", () => {
    const text = Array.from({ length: 1200 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
    expect(refusal(() => readSettingsFile(fileOf(text)))).toMatch(
      /c\.yaml:258: expected lines indented by at most 256/,
    );
  });

  it.each([
    ["itself", "agent: &a {agent: *a}\n"],
    ["itself twice", "agent: &a {hidden: [*a, *a]}\n"],
  ])("with an alias of %s is refused", (_what, text) => {
    expect(refusal(() => readSettingsFile(fileOf(text)))).toContain("expected at most 100000 values");
  });

  it("with more than 100 aliases is refused before they are read", () => {
    const text = `agent: {hidden: [&a 8${", *a".repeat(101)}]}\n`;
    expect(refusal(() => readSettingsFile(fileOf(text)))).toContain("c.yaml:1: expected at most 100 aliases");
  });

  it.each([
    ["an ordered map", "agent: !!omap [tau: 0.5, gama: 3]\n", "c.yaml:1:8: Unresolved tag"],
    ["a set", "train: !!set {steps}\n", "c.yaml:1:8: Unresolved tag"],
    ["pairs", "agent: !!pairs [tau: 0.5]\n", "c.yaml:1:8: Unresolved tag"],
    ["bytes", "train: {steps: !!binary aGk=}\n", "c.yaml:1:16: Unresolved tag"],
    ["a tag of its own", "agent: !mine {tau: 0.5}\n", "c.yaml:1:8: Unresolved tag"],
    ["a directive", "%YAML 1.1\n---\nagent: {normalize: yes}\n", "c.yaml:1: expected no directive"],
    ["two documents", "agent: {tau: 0.5}\n---\n{}\n", "c.yaml:2:1: expected one document, got several"],
    ["a mapping as a key", "? {a: 1}\n: 1\n", "c.yaml: expected keys of plain text"],
  ])("with %s is refused without a warning of the process", (_what, text, line) => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    expect(refusal(() => readSettingsFile(fileOf(text)))).toContain(line);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("may have the tags of plain values, anchors, and long JSON", () => {
    expect(
      readSettingsFile(fileOf("a: &x !!str 5\nb: *x\nc: !!int 3\nd: !!seq [1]\ne: !!map {f: 1}\n")),
    ).toEqual({ a: "5", b: "5", c: 3, d: [1], e: { f: 1 } });
    const seeds = Array.from({ length: 60_000 }, (_, i) => i);
    expect(readSettingsFile(fileOf(JSON.stringify({ seeds })))).toEqual({ seeds });
  });
});

describe("the errors of a config", () => {
  const errors = (input: object): string[] => {
    try {
      parseConfig(input, "c.json");
    } catch (error) {
      return error instanceof Error ? error.message.split("\n") : [];
    }
    return [];
  };

  it("are at most ten, with the number of the others", () => {
    const input = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`key${i}`, 1]));
    const lines = errors({ ...input, agent: { tau: 3, gama: 1 } });
    expect(lines).toHaveLength(11);
    expect(lines[0]).toMatch(/^c\.json: agent\.tau: expected/);
    expect(lines[1]).toBe('c.json: unknown setting agent.gama. Did you mean "agent.gamma"?');
    expect(lines[10]).toBe("… and 59992 more");
  });

  it("show control characters and line breaks of keys, and cut long keys", () => {
    const lines = errors({
      "\x1b[31mred\x07": 1,
      "a\nsteadyarm: all good": 1,
      "\u202etxt": 1,
      ["k".repeat(5000)]: 1,
    });
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain("unknown setting \\x1b[31mred\\x07.");
    expect(lines[1]).toContain("unknown setting a\\nsteadyarm: all good.");
    expect(lines[2]).toContain("unknown setting \\u202etxt.");
    expect(lines[3]!.length).toBeLessThan(200);
  });
});
