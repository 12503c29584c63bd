import { it } from "vitest";
import { killSaves } from "./kill-saves.ts";

it("leaves the old or the new checkpoint complete after each of 4 kills while saving (seed 1)", async () => {
  await killSaves(4, 1);
});
