import { describe, expect, it } from "vitest";
import { peersArguments } from "../../bench/peers/arguments.ts";
import { requiredPackages } from "../../bench/peers/python-packages.ts";
import { refusal } from "../temporary-folder.ts";

const PYTHON = ["--python", "/venv/bin/python"];

describe("the arguments of bench/peers.ts", () => {
  it("are all parts with their own rounds by default", () => {
    expect(peersArguments(PYTHON)).toEqual({
      python: "/venv/bin/python",
      parts: ["update", "env", "train"],
      rounds: undefined,
      collectors: 2,
      json: false,
    });
  });

  it("select one part, rounds, collectors and JSON", () => {
    const words = [...PYTHON, "--only", "train", "--rounds", "5", "--collectors", "1", "--json"];
    expect(peersArguments(words)).toMatchObject({ parts: ["train"], rounds: 5, collectors: 1, json: true });
  });

  it("make a relative path of Python absolute, but not a command's name", () => {
    expect(peersArguments(["--python", "peers/bin/python"]).python).toBe(`${process.cwd()}/peers/bin/python`);
    expect(peersArguments(["--python", "python3"]).python).toBe("python3");
  });

  it.each<[words: string[], ...parts: string[]]>([
    [[], "--python: expected", "got nothing", "python3 -m venv peers", "-r bench/peers/requirements.txt"],
    [[...PYTHON, "--only", "updat"], "--only: expected update, env or train", '"updat"', 'mean "update"?'],
    [[...PYTHON, "--rounds", "0"], "--rounds: expected an integer in [1, 999]", 'got "0"'],
    [[...PYTHON, "--rounds", "many"], "--rounds: expected an integer", 'got "many"'],
    [[...PYTHON, "--collectors", "-1"], "--collectors"],
    [[...PYTHON, "--collectors", "1.5"], "--collectors: expected an integer in [0, 999]", 'got "1.5"'],
    [[...PYTHON, "--round", "1"], "bench/peers.ts: ", "'--round'"],
    [[...PYTHON, "update"], "bench/peers.ts: ", "'update'"],
    [["--python"], "bench/peers.ts: ", "--python"],
  ])("%j are refused in one line", (words, ...parts) => {
    const line = refusal(() => peersArguments(words));
    for (const part of parts) expect(line).toContain(part);
  });
});

it("the packages of a requirements file are read without comments", () => {
  expect(requiredPackages("# a==1\nstable-baselines3==2.9.2\n\nsbx-rl==0.28.0  # jax\n")).toEqual([
    "stable-baselines3",
    "sbx-rl",
  ]);
});
