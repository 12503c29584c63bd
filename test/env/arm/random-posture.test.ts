import { describe, expect, it } from "vitest";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { drawPosture } from "../../../env/arm/random-posture.ts";
import { arm3 } from "../../../env/models/arm3.ts";
import { panda } from "../../../env/models/panda.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import { planar3 } from "../../../env/models/planar3.ts";
import { Rng } from "../../../shared/rng.ts";

describe.each([panda, arm3, planar2, planar3].map((model) => [model.name, model] as const))(
  "a random posture of %s",
  (_, model) => {
    it("is within the joint limits and above the base, and covers the range of every joint", () => {
      const rng = Rng.fromSeed(1);
      const postures = Array.from({ length: 300 }, () => drawPosture(model, rng));
      const kinematics = new ArmKinematics(model);
      for (const angles of postures) {
        kinematics.update(angles);
        const heights = model.links.map((_, i) => kinematics.positions[3 * i + 2]!);
        expect(Math.min(...heights, kinematics.endEffector[2]!)).toBeGreaterThanOrEqual(0);
      }
      for (const [i, { limits }] of model.links.entries()) {
        const angles = postures.map((posture) => posture[i]!);
        const [low, high] = limits ?? [-Math.PI, Math.PI];
        const range = [Math.min(...angles), Math.max(...angles)] as const;
        expect(range[0]).toBeGreaterThan(low);
        expect(range[1]).toBeLessThan(high);
        expect(range[1] - range[0]).toBeGreaterThan(0.4 * (high - low));
      }
    });
  },
);

it("refuses an arm without a posture above its base", () => {
  const buried = {
    ...planar2,
    links: planar2.links.map((link) => ({ ...link, position: [0, 0, -1] as const })),
  };
  expect(() => drawPosture(buried, Rng.fromSeed(1))).toThrow(
    /planar2: expected a random posture .* got none/,
  );
});
