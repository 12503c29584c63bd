import { it } from "vitest";
import { killSaves } from "./kill-saves.ts";

it("leaves the old or the new checkpoint complete after each of 50 kills while saving (seed 2)", async () => {
  await killSaves(50, 2);
});
