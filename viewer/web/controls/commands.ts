/** @file All commands with names and keys. The keyboard, the command palette and the help dialog read this list. */

import { MAX_SLOTS } from "../../../shared/protocol.ts";
import { CAMERA_PRESETS } from "../scene/camera-presets.ts";
import { LAYER_NAMES, LAYERS } from "../state/inspector-layers.ts";
import type { Actions } from "./actions.ts";
import type { Operation } from "./obstacles.ts";

export interface Command {
  readonly name: string;
  readonly group: "Playback" | "Compare" | "Camera and view" | "Interact" | "Export" | "Page";
  /** `KeyboardEvent.key`, after `Shift+`, `Alt+` or `Mod+` (Ctrl or Cmd). */
  readonly keys: readonly string[];
  readonly run: () => void;
  /** The operation that the view may not allow. */
  readonly needs?: Operation;
}

/** Operations of dialogs and exports, which are not actions on the view. */
export interface PageOperations {
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

/** Camera rotation of one key press, radians, and its zoom factor. */
const ROTATION = 0.12;
const ZOOM = 1.1;

/** Returns all commands. Keys follow other robot viewers where those agree. */
export function commandsOf(actions: Actions, page: PageOperations): readonly Command[] {
  return [
    { group: "Playback", name: "Play or pause", keys: [" "], run: () => actions.togglePlay() },
    { group: "Playback", name: "Step forward", keys: ["ArrowRight"], run: () => actions.step(1) },
    { group: "Playback", name: "Step back", keys: ["ArrowLeft"], run: () => actions.step(-1) },
    {
      group: "Playback",
      name: "Forward 10 ms",
      keys: ["Shift+ArrowRight"],
      run: () => actions.seekBy(0.01),
    },
    { group: "Playback", name: "Back 10 ms", keys: ["Shift+ArrowLeft"], run: () => actions.seekBy(-0.01) },
    { group: "Playback", name: "Forward 0.5 s", keys: ["Alt+ArrowRight"], run: () => actions.seekBy(0.5) },
    { group: "Playback", name: "Back 0.5 s", keys: ["Alt+ArrowLeft"], run: () => actions.seekBy(-0.5) },
    { group: "Playback", name: "Go to start", keys: ["Home"], run: () => actions.seek(0) },
    {
      group: "Playback",
      name: "Go to end, or follow live",
      keys: ["End"],
      run: () => actions.seekToEnd(),
    },
    { group: "Playback", name: "Slower", keys: ["-"], run: () => actions.changeSpeed(-1) },
    { group: "Playback", name: "Faster", keys: ["=", "+", "Shift++"], run: () => actions.changeSpeed(1) },
    { group: "Playback", name: "Restart episode", keys: ["r", "Backspace"], run: () => actions.restart() },
    { group: "Playback", name: "New seed", keys: ["n"], needs: "seed", run: () => actions.newSeed() },
    {
      group: "Playback",
      name: "Next episode",
      keys: ["ArrowDown"],
      needs: "seed",
      run: () => actions.changeEpisode(1),
    },
    {
      group: "Playback",
      name: "Previous episode",
      keys: ["ArrowUp"],
      needs: "seed",
      run: () => actions.changeEpisode(-1),
    },
    { group: "Compare", name: "Choose policies", keys: ["o"], needs: "choose", run: page.openPicker },
    {
      group: "Compare",
      name: "Side by side or overlaid",
      keys: ["g"],
      run: () => actions.toggleCompare(),
    },
    ...Array.from(
      { length: MAX_SLOTS },
      (_, slot): Command => ({
        group: "Compare",
        name: `Only policy ${slot + 1}, or all again`,
        keys: [String(slot + 1)],
        needs: "choose",
        run: () => actions.toggleOnly(slot),
      }),
    ),
    { group: "Compare", name: "Show all policies", keys: ["0"], run: () => actions.showAll() },
    {
      group: "Camera and view",
      name: "Next camera",
      keys: ["]"],
      run: () => actions.changeCameraPreset(1),
    },
    {
      group: "Camera and view",
      name: "Previous camera",
      keys: ["["],
      run: () => actions.changeCameraPreset(-1),
    },
    {
      group: "Camera and view",
      name: "Default camera",
      keys: ["Escape"],
      run: () => actions.setCameraPreset(0),
    },
    ...CAMERA_PRESETS.map(
      ({ name }, i): Command => ({
        group: "Camera and view",
        name: `Camera: ${name}`,
        keys: [],
        run: () => actions.setCameraPreset(i),
      }),
    ),
    {
      group: "Camera and view",
      name: "Rotate left",
      keys: ["a"],
      run: () => actions.orbitCamera(-ROTATION, 0),
    },
    {
      group: "Camera and view",
      name: "Rotate right",
      keys: ["d"],
      run: () => actions.orbitCamera(ROTATION, 0),
    },
    {
      group: "Camera and view",
      name: "Rotate up",
      keys: ["w"],
      run: () => actions.orbitCamera(0, ROTATION),
    },
    {
      group: "Camera and view",
      name: "Rotate down",
      keys: ["s"],
      run: () => actions.orbitCamera(0, -ROTATION),
    },
    { group: "Camera and view", name: "Zoom in", keys: ["e"], run: () => actions.orbitCamera(0, 0, ZOOM) },
    {
      group: "Camera and view",
      name: "Zoom out",
      keys: ["q"],
      run: () => actions.orbitCamera(0, 0, 1 / ZOOM),
    },
    {
      group: "Camera and view",
      name: "Follow the tools, or stay",
      keys: ["k"],
      run: () => actions.toggleFollow(),
    },
    {
      group: "Camera and view",
      name: "Show or hide torque rings",
      keys: ["f"],
      run: () => actions.toggleTorques(),
    },
    {
      group: "Camera and view",
      name: "Show or hide trails",
      keys: ["t"],
      run: () => actions.toggleTrails(),
    },
    {
      group: "Camera and view",
      name: "Arms: visual shapes, collision shapes or both",
      keys: ["b"],
      run: () => actions.cycleBody(),
    },
    {
      group: "Camera and view",
      name: "Physics inspector on or off",
      keys: ["i"],
      run: () => actions.toggleInspector(),
    },
    ...LAYERS.map(
      (layer): Command => ({
        group: "Camera and view",
        name: `Inspector: ${LAYER_NAMES[layer]}`,
        keys: [],
        run: () => actions.toggleLayer(layer),
      }),
    ),
    {
      group: "Interact",
      name: "Replay or live",
      keys: ["l"],
      needs: "live",
      run: () => actions.toggleMode(),
    },
    { group: "Interact", name: "Push, as set in the panel", keys: ["h"], needs: "push", run: page.push },
    { group: "Interact", name: "Reset goal", keys: [], needs: "goal", run: () => actions.setGoal(null) },
    { group: "Interact", name: "Remove action noise", keys: [], run: () => actions.setNoise(0) },
    { group: "Export", name: "Screenshot", keys: ["p"], run: page.screenshot },
    { group: "Export", name: "Video", keys: ["v"], needs: "video", run: page.video },
    { group: "Export", name: "HTML file of the episode", keys: ["x"], needs: "file", run: page.exportFile },
    { group: "Export", name: "Copy link to this view", keys: ["c"], run: page.copyLink },
    { group: "Page", name: "Panel: Episode", keys: [], run: () => actions.setTab("episode") },
    { group: "Page", name: "Panel: Training", keys: [], run: () => actions.setTab("training") },
    { group: "Page", name: "Panel: Interact", keys: [], run: () => actions.setTab("interact") },
    { group: "Page", name: "Panel: Physics", keys: [], run: () => actions.setTab("physics") },
    { group: "Page", name: "Panel: Findings", keys: [], run: () => actions.setTab("findings") },
    { group: "Page", name: "Show or hide panel", keys: ["\\"], run: () => actions.togglePanel() },
    { group: "Page", name: "Change theme", keys: ["m"], run: page.cycleTheme },
    { group: "Page", name: "Commands", keys: ["Mod+k"], run: page.openPalette },
    { group: "Page", name: "Help", keys: ["?", "F1", "Shift+?"], run: page.openHelp },
  ];
}

/** Returns a key for display. */
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
  const lastName = names[last] ?? (last.length === 1 ? last.toUpperCase() : last);
  return [...modifiers.reverse(), lastName].join(" ").replace("Mod", "Ctrl/⌘");
}
