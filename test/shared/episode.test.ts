import { describe, expect, it } from "vitest";
import { Episode } from "../../shared/episode.ts";

const SIZES = { observation: 2, goal: 1, action: 1, maxSteps: 3, terms: 1 };

/** @param successAt step that achieves the goal */
function recorded(steps: number, successAt = 1): Episode {
  const episode = new Episode(SIZES);
  const at = (x: number) => ({
    observation: Float32Array.of(x, x + 0.5),
    achievedGoal: Float32Array.of(x),
    desiredGoal: Float32Array.of(6 + steps),
  });
  episode.begin(at(0));
  for (let i = 1; i <= steps; i++) {
    const outcome = { reward: -1, terms: Float32Array.of(i / 8), terminated: i === 2, truncated: i === 3 };
    episode.append(Float32Array.of(i / 4), { ...at(i), ...outcome, isSuccess: i === successAt });
  }
  episode.endConfiguration = Float64Array.of(steps);
  return episode;
}

describe("Episode", () => {
  it("loads a recording that was made of another episode and sent to another thread", () => {
    const original = recorded(2);
    const copy = recorded(3, 3);
    const recording = original.toRecording();
    // The two differ in every field, so each must be loaded.
    for (const [name, value] of Object.entries(copy.toRecording()))
      expect(recording).not.toHaveProperty(name, value);
    copy.load(structuredClone(recording));
    expect(copy.toRecording()).toEqual(recording);
    expect(copy.successOnce).toBe(true);
    expect(copy.terminated).toBe(true);
    expect(copy.termSum(1)).toBe(0.25);
  });

  it("makes recordings of the episode's own length, which later episodes do not change", () => {
    const episode = recorded(2);
    const recording = episode.toRecording();
    expect(recording.observations).toEqual(Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5));
    expect(recording.actions).toEqual(Float32Array.of(0.25, 0.5));
    episode.load(recorded(3).toRecording());
    expect(recording.actions).toEqual(Float32Array.of(0.25, 0.5));
    expect(episode.length).toBe(3);
  });
});
