/** @file What episodes say about a policy: its actions count, not the torques by which a motor follows them. */

import { expect, it } from "vitest";
import type { OpenedMessage } from "../../../shared/protocol.ts";
import { blankClip } from "../../../shared/protocol-clip.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { EpisodeShelf } from "../../../viewer/web/episode-shelf.ts";

const STEPS = 50;

function opened(seed: number): OpenedMessage {
  const slot = { source: "run:x", name: "x", step: 1, hasValue: false, torqueScale: 1 };
  const how = { goal: [0, 0, 0] as [number, number, number], episodeReturn: 0 };
  return {
    op: "opened",
    request: 1,
    env: "panda-reach",
    seed,
    noise: 0,
    slots: [{ ...slot, ...how, successAtEnd: seed === 1, successOnce: true }],
  };
}

/** Two seconds in which every action is one of two that take turns, and the torque turns about in each step. */
function clipOf(one: number, other: number) {
  const shape = { joints: 7, objects: 0, fingers: 0, moments: STEPS + 1, steps: STEPS, actionSize: 3 };
  const clip = blankClip({ ...shape, momentTimestep: 0.04, controlTimestep: 0.04 }, false);
  for (let step = 0; step < STEPS; step++)
    clip.actions.fill(step % 2 === 0 ? one : other, 3 * step, 3 * step + 3);
  for (let i = 0; i < clip.torques.length; i++) clip.torques[i] = Math.floor(i / 7) % 2 === 0 ? 50 : -50;
  return clip;
}

it("counts how often the action changes its sign, whatever the torque does", () => {
  const scene = sceneMessages().find(({ env }) => env === "panda-reach");
  if (scene === undefined) throw new Error("there is no scene of panda-reach");
  const shelf = new EpisodeShelf();
  shelf.put(scene, opened(1), [clipOf(0.5, 0.2)]);
  expect(shelf.record(0)).toEqual({ episodes: 1, held: 1, signChanges: 0 });
  shelf.put(scene, opened(2), [clipOf(0.5, -0.5)]);
  expect(shelf.get(2)?.signChanges[0]).toBeCloseTo(25, 9);
  expect(shelf.record(0)).toEqual({ episodes: 2, held: 1, signChanges: 12.5 });
});
