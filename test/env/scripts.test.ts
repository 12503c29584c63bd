import { describe, expect, it } from "vitest";
import { demonstrationNoise, SCRIPTED } from "../../env/scripted/scripts.ts";

describe("the noise of demonstrations", () => {
  it("is smaller where an action is the speed of a hit", () => {
    expect(demonstrationNoise({ id: "panda-slide", control: "ee" })).toBe(0.03);
    expect(demonstrationNoise({ id: "panda-slide", control: "torque" })).toBe(0.1);
    for (const id of SCRIPTED.filter((each) => each !== "panda-slide"))
      expect(demonstrationNoise({ id, control: "ee" }), id).toBe(0.1);
  });
});
