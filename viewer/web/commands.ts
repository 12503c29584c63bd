/** @file Every command by name and key: what the keyboard, the palette and the help all read. */

import type { Actions } from "./actions.ts";
import { CAMERA_PRESETS } from "./camera-presets.ts";
import { MOST_SLOTS } from "./deep-link.ts";

export interface Command {
  readonly name: string;
  readonly group: "Playing" | "Comparing" | "Looking" | "Disturbing" | "Taking away" | "Page";
  /** As `KeyboardEvent.key`, with `Shift+`, `Alt+` or `Mod+` (Ctrl or Cmd) before it. */
  readonly keys: readonly string[];
  readonly run: () => void;
}

/** What the page itself can do beyond its actions. */
export interface PageVerbs {
  readonly openPicker: () => void;
  readonly openHelp: () => void;
  readonly openPalette: () => void;
  readonly push: () => void;
  readonly cycleTheme: () => void;
  readonly screenshot: () => void;
  readonly video: () => void;
  readonly exportFile: () => void;
  readonly copyLink: () => void;
}

/** Turns of the camera by key, radians, and how much nearer one press comes. */
const TURN = 0.12;
const NEARER = 1.1;

/** The commands; keys follow other robot viewers where those agree. */
export function commandsOf(actions: Actions, page: PageVerbs): readonly Command[] {
  return [
    { group: "Playing", name: "Play or pause", keys: [" "], run: () => actions.togglePlay() },
    { group: "Playing", name: "One step on", keys: ["ArrowRight"], run: () => actions.step(1) },
    { group: "Playing", name: "One step back", keys: ["ArrowLeft"], run: () => actions.step(-1) },
    { group: "Playing", name: "10 ms on", keys: ["Shift+ArrowRight"], run: () => actions.seekBy(0.01) },
    { group: "Playing", name: "10 ms back", keys: ["Shift+ArrowLeft"], run: () => actions.seekBy(-0.01) },
    { group: "Playing", name: "Half a second on", keys: ["Alt+ArrowRight"], run: () => actions.seekBy(0.5) },
    {
      group: "Playing",
      name: "Half a second back",
      keys: ["Alt+ArrowLeft"],
      run: () => actions.seekBy(-0.5),
    },
    { group: "Playing", name: "To the start", keys: ["Home"], run: () => actions.seek(0) },
    { group: "Playing", name: "To the end, or to now", keys: ["End"], run: () => actions.toEnd() },
    { group: "Playing", name: "Slower", keys: ["-"], run: () => actions.changeSpeed(-1) },
    { group: "Playing", name: "Faster", keys: ["=", "+", "Shift++"], run: () => actions.changeSpeed(1) },
    {
      group: "Playing",
      name: "Play the episode again",
      keys: ["r", "Backspace"],
      run: () => actions.restart(),
    },
    { group: "Playing", name: "New seed", keys: ["n"], run: () => actions.newSeed() },
    { group: "Playing", name: "Next episode", keys: ["ArrowDown"], run: () => actions.changeEpisode(1) },
    { group: "Playing", name: "Episode before", keys: ["ArrowUp"], run: () => actions.changeEpisode(-1) },
    { group: "Comparing", name: "Choose policies", keys: ["o"], run: page.openPicker },
    {
      group: "Comparing",
      name: "Side by side or laid over each other",
      keys: ["g"],
      run: () => actions.toggleGhost(),
    },
    ...Array.from(
      { length: MOST_SLOTS },
      (_, slot): Command => ({
        group: "Comparing",
        name: `Policy ${slot + 1} alone`,
        keys: [String(slot + 1)],
        run: () => actions.soloSlot(slot),
      }),
    ),
    { group: "Looking", name: "Next camera", keys: ["]"], run: () => actions.nextCamera(1) },
    { group: "Looking", name: "Camera before", keys: ["["], run: () => actions.nextCamera(-1) },
    { group: "Looking", name: "First camera", keys: ["Escape"], run: () => actions.cameraPreset(0) },
    ...CAMERA_PRESETS.map(
      ({ name }, i): Command => ({
        group: "Looking",
        name: `Camera: ${name}`,
        keys: [],
        run: () => actions.cameraPreset(i),
      }),
    ),
    { group: "Looking", name: "Turn left", keys: ["a"], run: () => actions.turnCamera(-TURN, 0) },
    { group: "Looking", name: "Turn right", keys: ["d"], run: () => actions.turnCamera(TURN, 0) },
    { group: "Looking", name: "Turn up", keys: ["w"], run: () => actions.turnCamera(0, TURN) },
    { group: "Looking", name: "Turn down", keys: ["s"], run: () => actions.turnCamera(0, -TURN) },
    { group: "Looking", name: "Nearer", keys: ["e"], run: () => actions.turnCamera(0, 0, NEARER) },
    { group: "Looking", name: "Farther", keys: ["q"], run: () => actions.turnCamera(0, 0, 1 / NEARER) },
    { group: "Looking", name: "Torque rings", keys: ["f"], run: () => actions.toggleTorques() },
    { group: "Looking", name: "Trails", keys: ["t"], run: () => actions.toggleTrails() },
    { group: "Disturbing", name: "Replay or live", keys: ["l"], run: () => actions.toggleMode() },
    { group: "Disturbing", name: "Push, as set under Hands on", keys: ["h"], run: page.push },
    { group: "Disturbing", name: "Goal as the seed has it", keys: [], run: () => actions.setGoal(null) },
    { group: "Taking away", name: "Screenshot", keys: ["p"], run: page.screenshot },
    { group: "Taking away", name: "Video of the episode", keys: ["v"], run: page.video },
    { group: "Taking away", name: "Episode as one HTML file", keys: ["x"], run: page.exportFile },
    { group: "Taking away", name: "Copy a link to this moment", keys: ["c"], run: page.copyLink },
    { group: "Page", name: "Plots of the episode", keys: [], run: () => actions.setTab("episode") },
    { group: "Page", name: "Training curves", keys: [], run: () => actions.setTab("training") },
    { group: "Page", name: "Hands on", keys: [], run: () => actions.setTab("hands") },
    { group: "Page", name: "Findings", keys: [], run: () => actions.setTab("findings") },
    { group: "Page", name: "Show or hide the plots", keys: ["\\"], run: () => actions.togglePanel() },
    { group: "Page", name: "Light, dark, or as the system", keys: ["m"], run: page.cycleTheme },
    { group: "Page", name: "All commands", keys: ["Mod+k"], run: page.openPalette },
    { group: "Page", name: "Help", keys: ["?", "F1", "Shift+?"], run: page.openHelp },
  ];
}

/** A key for people. */
export function keyName(key: string): string {
  const names: Readonly<Record<string, string>> = {
    " ": "Space",
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Escape: "Esc",
  };
  const [last = "", ...modifiers] = key.split(/\+(?=.)/).reverse();
  const shown = names[last] ?? (last.length === 1 ? last.toUpperCase() : last);
  return [...modifiers.reverse(), shown].join(" ").replace("Mod", "Ctrl/⌘");
}
