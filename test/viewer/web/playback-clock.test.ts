import { describe, expect, it } from "vitest";
import { PlaybackClock, SPEEDS } from "../../../viewer/web/playback-clock.ts";

function playing(duration: number): PlaybackClock {
  const clock = new PlaybackClock();
  clock.setDuration(duration);
  clock.play();
  return clock;
}

describe("PlaybackClock", () => {
  it("goes on by real time times its speed", () => {
    const clock = playing(2);
    clock.setSpeed(0.25);
    expect(clock.advance(0.4)).toBe(true);
    expect(clock.time).toBeCloseTo(0.1, 12);
  });

  it("stands while it is paused, and says so", () => {
    const clock = playing(2);
    clock.pause();
    expect(clock.advance(1)).toBe(false);
    expect(clock.time).toBe(0);
  });

  it("rests at the end and then starts over", () => {
    const clock = playing(2);
    clock.advance(5);
    expect(clock.time).toBe(2);
    expect(clock.advance(0.3)).toBe(false);
    expect(clock.time).toBe(2);
    clock.advance(0.4);
    expect(clock.time).toBe(0);
    expect(clock.playing).toBe(true);
  });

  it("pauses at the end when it does not loop, and plays from the start after that", () => {
    const clock = playing(2);
    clock.looping = false;
    clock.advance(5);
    clock.advance(0.1);
    expect(clock.playing).toBe(false);
    clock.play();
    expect(clock.time).toBe(0);
  });

  it("holds the time within the episode, whatever is asked for", () => {
    const clock = playing(2);
    for (const [asked, got] of [
      [-1, 0],
      [7, 2],
      [Number.NaN, 0],
      [1.25, 1.25],
    ] as const) {
      clock.seek(asked);
      expect(clock.time).toBe(got);
    }
    clock.setDuration(1);
    expect(clock.time).toBe(1);
  });

  it("changes its speed along the offered ones and no further", () => {
    const clock = new PlaybackClock();
    const met = [clock.speed];
    for (let i = 0; i < SPEEDS.length; i++) {
      clock.changeSpeed(1);
      met.push(clock.speed);
    }
    expect(met[met.length - 1]).toBe(4);
    for (let i = 0; i < SPEEDS.length + 2; i++) clock.changeSpeed(-1);
    expect(clock.speed).toBe(0.1);
    clock.setSpeed(100);
    expect(clock.speed).toBe(4);
  });
});
