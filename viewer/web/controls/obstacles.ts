/** @file Why an operation is not possible in the current view, in one line for display. */

import type { SlotChoice, ViewMode } from "../state/deep-link.ts";
import type { ViewData } from "../state/view-data.ts";

/** Operations that some views do not allow. */
export type Operation = "choose" | "seed" | "goal" | "live" | "push" | "pose" | "video" | "file";

/** The fields of the page's state that operations depend on. */
interface PlaybackState {
  readonly connection: string;
  readonly mode: ViewMode;
  readonly slots: readonly SlotChoice[];
}

type ObservedData = Pick<ViewData, "recordedSeed" | "session">;

/** In an exported file, which has no server. */
const IN_A_FILE: Readonly<Record<Operation, string>> = {
  choose: "This file holds one comparison. For other policies: steadyarm watch",
  seed: "This file holds one episode. For other episodes: steadyarm watch",
  goal: "A goal needs a simulation, and this file has none. Move it in: steadyarm watch",
  live: "A live session needs a simulation, and this file has none. Start one with: steadyarm watch",
  push: "A push needs a simulation, and this file has none. Push in: steadyarm watch",
  pose: "A posture needs a simulation, and this file has none. Pose the arm in: steadyarm watch",
  video: "",
  file: "This page is an exported file already. Save it with the browser.",
};

/** In a view of a recording. */
const OF_A_RECORDING: Partial<Readonly<Record<Operation, string>>> = {
  seed: "A recording holds one episode. Choose a policy to play other seeds.",
  goal: "A recording holds one goal. Choose a policy to move the goal.",
  live: "A recording plays in Replay only. Choose a policy for a live session.",
  push: "A recording cannot be pushed. Choose a policy for a live session.",
  pose: "A recording cannot be posed. Choose a policy for a live session.",
};

/** Returns why an operation is not possible; an empty text if it is. */
export function obstacleTo(
  operation: Operation,
  { connection, mode, slots }: PlaybackState,
  data: ObservedData,
): string {
  if (connection === "recording") return IN_A_FILE[operation];
  if (data.recordedSeed(slots) !== undefined) return OF_A_RECORDING[operation] ?? "";
  if (operation === "push" && mode === "replay") return "Switch to Live to push an arm.";
  if (operation === "pose") return obstacleToPose(mode, data);
  if (mode !== "live") return "";
  if (operation === "video") return "Switch to Replay to export a video.";
  return operation === "file" ? "Switch to Replay to export an HTML file." : "";
}

function obstacleToPose(mode: ViewMode, { session }: ObservedData): string {
  if (mode !== "live") return "Switch to Live and pause to pose the arm.";
  if (session === undefined) return "The arm can be posed when the live session has started.";
  return session.playing ? "Pause to pose the arm." : "";
}
