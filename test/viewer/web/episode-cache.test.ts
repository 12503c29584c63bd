/** @file Statistics over loaded episodes: sign changes are those of the actions, not of the torques. */

import { expect, it } from "vitest";
import type { OpenedMessage } from "../../../shared/protocol.ts";
import { blankClip } from "../../../shared/protocol-clip.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { EpisodeCache } from "../../../viewer/web/playback/episode-cache.ts";

const STEPS = 50;

function opened(seed: number): OpenedMessage {
  const slot = { source: "run:x", name: "x", step: 1, hasValue: false, torqueScale: 1 };
  const outcome = { goal: [0, 0, 0] as [number, number, number], episodeReturn: 0 };
  return {
    op: "opened",
    request: 1,
    env: "panda-reach",
    seed,
    noise: 0,
    slots: [{ ...slot, ...outcome, successAtEnd: seed === 1, successOnce: true }],
  };
}

/** Two seconds in which the action alternates between two values and the torque changes its sign at each step. */
function clipOf(first: number, second: number) {
  const shape = { joints: 7, objects: 0, fingers: 0, moments: STEPS + 1, steps: STEPS, actionSize: 3 };
  const clip = blankClip({ ...shape, momentTimestep: 0.04, controlTimestep: 0.04 }, false);
  for (let step = 0; step < STEPS; step++)
    clip.actions.fill(step % 2 === 0 ? first : second, 3 * step, 3 * step + 3);
  for (let i = 0; i < clip.torques.length; i++) clip.torques[i] = Math.floor(i / 7) % 2 === 0 ? 50 : -50;
  return clip;
}

it("counts sign changes of the action, not of the torque", () => {
  const scene = sceneMessages().find(({ env }) => env === "panda-reach");
  if (scene === undefined) throw new Error("the scene of panda-reach is missing");
  const cache = new EpisodeCache();
  cache.add(scene, opened(1), [clipOf(0.5, 0.2)]);
  expect(cache.statistics(0)).toEqual({ episodes: 1, successes: 1, reached: 1, signChanges: 0 });
  cache.add(scene, opened(2), [clipOf(0.5, -0.5)]);
  expect(cache.get(2)?.signChanges[0]).toBeCloseTo(25, 9);
  expect(cache.statistics(0)).toEqual({ episodes: 2, successes: 1, reached: 2, signChanges: 12.5 });
});
