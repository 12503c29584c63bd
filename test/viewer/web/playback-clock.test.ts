/** @file The clock of episode playback. */

import { describe, expect, it } from "vitest";
import { PlaybackClock, SPEEDS } from "../../../viewer/web/playback/playback-clock.ts";

function playing(duration: number): PlaybackClock {
  const clock = new PlaybackClock();
  clock.setDuration(duration);
  clock.play();
  return clock;
}

describe("PlaybackClock", () => {
  it("advances by elapsed time times speed", () => {
    const clock = playing(2);
    clock.setSpeed(0.25);
    expect(clock.advance(0.4)).toBe(true);
    expect(clock.time).toBeCloseTo(0.1, 12);
  });

  it("does not advance while it is paused", () => {
    const clock = playing(2);
    clock.pause();
    expect(clock.advance(1)).toBe(false);
    expect(clock.time).toBe(0);
  });

  it("stays at the end for a moment and then restarts", () => {
    const clock = playing(2);
    clock.advance(5);
    expect(clock.time).toBe(2);
    expect(clock.advance(0.3)).toBe(false);
    expect(clock.time).toBe(2);
    clock.advance(0.4);
    expect(clock.time).toBe(0);
    expect(clock.playing).toBe(true);
  });

  it("pauses at the end without looping, and then plays from the start", () => {
    const clock = playing(2);
    clock.looping = false;
    clock.advance(5);
    clock.advance(0.1);
    expect(clock.playing).toBe(false);
    clock.play();
    expect(clock.time).toBe(0);
  });

  it("clamps the time to the episode", () => {
    const clock = playing(2);
    for (const [time, clamped] of [
      [-1, 0],
      [7, 2],
      [Number.NaN, 0],
      [1.25, 1.25],
    ] as const) {
      clock.seek(time);
      expect(clock.time).toBe(clamped);
    }
    clock.setDuration(1);
    expect(clock.time).toBe(1);
  });

  it("changes its speed within the selectable speeds", () => {
    const clock = new PlaybackClock();
    const speeds = [clock.speed];
    for (let i = 0; i < SPEEDS.length; i++) {
      clock.changeSpeed(1);
      speeds.push(clock.speed);
    }
    expect(speeds.at(-1)).toBe(4);
    for (let i = 0; i < SPEEDS.length + 2; i++) clock.changeSpeed(-1);
    expect(clock.speed).toBe(0.1);
    clock.setSpeed(100);
    expect(clock.speed).toBe(4);
  });
});
