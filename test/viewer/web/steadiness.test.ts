import { describe, expect, it } from "vitest";
import { steadinessAt } from "../../../viewer/web/playback/steadiness.ts";

const INTERVAL = 0.02;

/** A motion of some seconds with two joints, from functions of the time. */
function motionOf(seconds: number, isAtGoal: (t: number) => boolean, speed: (t: number) => number) {
  const times = Float64Array.from({ length: Math.round(seconds / INTERVAL) + 1 }, (_, i) => i * INTERVAL);
  return {
    joints: 2,
    moments: times.length,
    times,
    successes: Float32Array.from(times, (t) => (isAtGoal(t) ? 1 : 0)),
    goalMoves: new Float32Array(times.length),
    speeds: Float32Array.from({ length: 2 * times.length }, (_, i) => speed(times[Math.floor(i / 2)]!)),
  };
}

const always = () => true;
const atRest = () => 0;
const END = Number.POSITIVE_INFINITY;

describe("steadinessAt", () => {
  it("is steady at the goal, for the time since it arrived, given up to 10 s", () => {
    expect(steadinessAt(motionOf(8, always, atRest), END)).toEqual({ state: "steady", detail: "for 8.0 s" });
    expect(steadinessAt(motionOf(12, always, atRest), END)?.detail).toBe("for more than 10 s");
    const approach = motionOf(
      2,
      (t) => t > 0.79,
      (t) => (t < 0.8 ? 1 : 0),
    );
    expect(steadinessAt(approach, END)).toEqual({ state: "steady", detail: "for 1.2 s" });
  });

  it("is not at the goal after it has drifted out, however slowly", () => {
    const drifting = motionOf(
      10,
      (t) => t < 8,
      () => 0.1,
    );
    expect(steadinessAt(drifting, 7.9)?.state).toBe("steady");
    for (const time of [8.5, 9, END]) expect(steadinessAt(drifting, time)?.state).toBe("not at the goal");
    expect(steadinessAt(drifting, END)?.detail).toBe("for 2.0 s");
  });

  it("is not at the goal if it lies elsewhere, even if it trembles there", () => {
    const trembling = (t: number) => Math.sin(2 * Math.PI * 6 * t);
    expect(
      steadinessAt(
        motionOf(5, () => false, trembling),
        END,
      )?.state,
    ).toBe("not at the goal");
  });

  it("is oscillating if its joints reverse at the goal", () => {
    const shaking = motionOf(5, always, (t) => Math.sin(2 * Math.PI * 4 * t));
    expect(steadinessAt(shaking, END)).toEqual({
      state: "oscillating",
      detail: "· joints reverse 8 times a second",
    });
    // Too slow to be seen.
    const humming = motionOf(5, always, (t) => 0.04 * Math.sin(2 * Math.PI * 4 * t));
    expect(steadinessAt(humming, END)?.state).toBe("steady");
    // One correction after the arrival.
    const correcting = motionOf(5, always, (t) => (t < 3 ? 0.5 : t < 3.5 ? -0.2 : 0));
    expect(steadinessAt(correcting, END)?.state).toBe("steady");
  });

  it("is oscillating if it leaves its goal and comes back, inside and outside", () => {
    const swinging = motionOf(6, (t) => Math.sin(2 * Math.PI * 0.8 * t) > 0.7, atRest);
    for (const time of [4, 4.3, 4.6, 5]) expect(steadinessAt(swinging, time)?.state).toBe("oscillating");
    expect(steadinessAt(swinging, END)?.detail).toMatch(/^· left its goal and came back [23] times in 3 s$/);
  });

  it("is steady if the goal was moved away and reached again, however often", () => {
    const following = motionOf(6, (t) => t % 1 > 0.4, atRest);
    expect(steadinessAt(following, END)?.state).toBe("oscillating");
    // Moved at each second.
    following.times.forEach((t, i) => {
      following.goalMoves[i] = Math.abs(t - Math.round(t)) < INTERVAL / 2 ? 1 : 0;
    });
    expect(steadinessAt(following, 5.9)).toEqual({ state: "steady", detail: "for 0.5 s" });
  });

  it("considers only what came before the time, and nothing for a single moment", () => {
    const late = motionOf(6, (t) => t > 3, atRest);
    expect(steadinessAt(late, 2)).toEqual({ state: "not at the goal", detail: "for 2.0 s" });
    expect(steadinessAt(late, 0)).toBeUndefined();
    expect(steadinessAt({ ...late, moments: 1 }, END)).toBeUndefined();
  });
});
