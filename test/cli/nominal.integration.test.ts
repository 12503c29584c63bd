import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { shortRun } from "./steadyarm.ts";

it("eval --nominal measures without env.variation", async () => {
  const folder = temporaryFolder();
  const varied = ["--set", "env.variation.mass=[0.5,1.5]", "--set", "env.variation.observationNoise=0.05"];
  const trained = await inProcess([...shortRun("x", 50), ...varied], folder);
  expect([trained.code, trained.stderr]).toEqual([0, ""]);
  const measure = async (...more: string[]) => {
    const { stdout } = await inProcess(["eval", "x", "--episodes", "2", "--json", ...more], folder);
    const { meanFinalDistance }: { meanFinalDistance: number } = JSON.parse(stdout);
    return meanFinalDistance;
  };
  expect(await measure("--nominal")).not.toBe(await measure());
});
