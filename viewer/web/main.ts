/** @file The composition root of the page: creates all parts and connects them. */

import "./page/page-language.ts";

import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/layout.css";
import "./style/parts.css";

import { show } from "../../shared/errors.ts";
import { Connection } from "./connection/connection.ts";
import { socketUrl } from "./connection/socket-address.ts";
import { Actions } from "./controls/actions.ts";
import { type Command, commandsOf, type PageOperations } from "./controls/commands.ts";
import { Keyboard } from "./controls/keyboard.ts";
import { type Operation, obstacleTo } from "./controls/obstacles.ts";
import { PointerControls } from "./controls/pointer-controls.ts";
import { Exporter } from "./exports/exporter.ts";
import { embeddedRecording, loadRecording } from "./exports/recording.ts";
import { FrameLoop } from "./frame-loop.ts";
import { CommandPalette } from "./page/command-palette.ts";
import { byId } from "./page/dom.ts";
import { HelpDialog } from "./page/help-dialog.ts";
import { PolicyPicker } from "./page/policy-picker.ts";
import { createSceneView, SceneNotices } from "./page/scene-notices.ts";
import { SlotCards } from "./page/slot-cards.ts";
import { ThemeSwitch } from "./page/theme.ts";
import { Timeline } from "./page/timeline.ts";
import { TopBar } from "./page/top-bar.ts";
import { describeJoint } from "./panel/describe-joint.ts";
import { EpisodePlots } from "./panel/episode-plots.ts";
import { FindingsPanel } from "./panel/findings-panel.ts";
import { InteractionPanel } from "./panel/interaction-panel.ts";
import { Panel } from "./panel/panel.ts";
import { PhysicsPanel } from "./panel/physics-panel.ts";
import { TrainingPlots } from "./panel/training-plots.ts";
import { PlaybackClock } from "./playback/playback-clock.ts";
import { PlaybackController } from "./playback/playback-controller.ts";
import { PageAddress } from "./state/page-address.ts";
import { exposeProbe } from "./state/page-probe.ts";
import { linkedState, PageStore } from "./state/page-state.ts";
import { ViewData } from "./state/view-data.ts";
import { ViewSetup } from "./view-setup.ts";

/** Milliseconds for which a text about the user's last action is shown. */
const NOTICE_TIME = 6000;

/** Changes of these are changes of the drawing's details. */
const DETAILS = ["showTorques", "showTrails", "body", "layers"] as const;

// State and data.
const link = PageAddress.read();
const store = new PageStore(linkedState(link, matchMedia("(min-width: 62rem)").matches));
const data = new ViewData();
const clock = new PlaybackClock();
const scene = createSceneView(link.fine === true);

// Server.
const connection = new Connection(socketUrl(location), {
  phaseChanged: (phase, message) => {
    const before = store.state.connection;
    if (phase !== "open" && phase !== "stalled" && (before === "open" || before === "stalled")) {
      playback.disconnected();
    }
    if (before !== phase && phase !== "connecting") announce(message);
    store.update({ connection: phase, connectionMessage: message });
    if (before === "stalled" && phase === "open") playback.episodes.requestMissing();
  },
  text: (text) => noticeErrors(() => playback.receiveText(text)),
  binary: (bytes) => noticeErrors(() => playback.receiveBinary(bytes)),
});
const playback = new PlaybackController(store, data, connection, {
  viewChanged: () => viewSetup.apply(),
  dataChanged: () => loop.requestRefresh(),
  stateChanged: () => loop.requestRender(),
});

// Actions and exports.
const actions = new Actions({ store, data, clock, playback, scene, announce });
const exporter = new Exporter({ store, data, clock, playback, scene, notify });
const address = new PageAddress(store, clock, scene);

// Panel.
const episodePlots = new EpisodePlots(data, store, actions);
const trainingPlots = new TrainingPlots(data, store, actions);
const interaction = new InteractionPanel(store, data, playback.live, actions, obstacleNow);
const physics = new PhysicsPanel(store, data, playback.live, actions, obstacleNow);
const findings = new FindingsPanel(data, store, clock, (text) => void exporter.copy(text, "Copied"));
const tabs = {
  episode: episodePlots.object,
  training: trainingPlots.object,
  interact: interaction.object,
  physics: physics.object,
  findings: findings.object,
};
const panel = new Panel(byId("panel"), store, tabs, () => actions.togglePanel());

// Theme, dialogs and commands.
const theme = new ThemeSwitch(store, () => applyTheme());
const picker = new PolicyPicker(store, data, actions);
const help = new HelpDialog(() => commands);
const palette = new CommandPalette(() => commands, obstacle, runCommand);
const operations: PageOperations = {
  openPicker: () => picker.open(),
  openHelp: () => help.open(),
  openPalette: () => palette.open(),
  push: () => interaction.push(),
  cycleTheme: () => announce(`Theme: ${theme.cycle()}`),
  screenshot: () => void exporter.screenshot(),
  video: () => void exporter.video(),
  exportFile: () => void exporter.htmlFile(),
  copyLink: () => void exporter.copyLink(address.current()),
};
const commands = commandsOf(actions, operations);
new Keyboard(commands, runCommand);

// Bar, cards and timeline.
const topBar = new TopBar(byId("bar"), store, actions, press, obstacleNow);
const cards = new SlotCards(byId("overlay"), store, data, actions);
const notices = new SceneNotices(store, data, operations.openPicker);
const timeline = new Timeline(byId("timeline"), store, data, clock, actions, obstacleNow);

// Drawing.
const loop = new FrameLoop({
  store,
  data,
  clock,
  playback,
  scene,
  exporter,
  cards,
  timeline,
  panel,
  physics,
  episodePlots,
  trainingPlots,
  others: [topBar, interaction, physics, notices, findings, picker],
});
const pointerControls =
  scene === undefined
    ? undefined
    : new PointerControls(scene, {
        goalDragged,
        canPush: () => store.state.mode === "live" && store.state.connection === "open",
        linkPushed: (linkIndex, point, force) => playback.live.push(linkIndex, point, force),
        linkHovered: showJointTip,
        tipChanged: showDragTip,
      });
const viewSetup = new ViewSetup({ store, data, clock, scene, pointerControls, episodePlots, loop }, link);

// Reactions to changes of state, theme, size and address.
store.subscribe((state, changed) => {
  if (changed.has("compare")) {
    scene?.setCompare(state.compare);
    loop.requestLayout();
  }
  if (DETAILS.some((each) => changed.has(each))) scene?.setDetails(state);
  if (changed.has("followTools")) scene?.setFollowing(state.followTools);
  if (changed.has("joint")) episodePlots.rebuild();
  if (changed.has("tab") || changed.has("panelOpen")) loop.requestPlots();
  loop.requestRefresh();
});
const resizeObserver = new ResizeObserver(() => {
  const { clientWidth, clientHeight } = byId("scene");
  scene?.resize(clientWidth, clientHeight, devicePixelRatio);
  cards.place(scene);
  loop.requestLayout();
});
resizeObserver.observe(byId("scene"));
resizeObserver.observe(byId("panel"));
// The address of a restarted server differs only in the token after the #, so the page is not reloaded.
addEventListener("hashchange", () => connection.moveTo(socketUrl(location)));
document.querySelector(".skip-link")?.addEventListener("click", (event) => {
  // Following the link would replace the token after the #.
  event.preventDefault();
  byId("timeline").focus();
});

// Start.
exposeProbe({ store, data, clock, playback, scene, actions });
scene?.setCompare(store.state.compare);
scene?.setFollowing(store.state.followTools);
scene?.setTheme(theme.theme);
address.keepUpToDate();
const recording = embeddedRecording();
if (recording === undefined) connection.start();
else noticeErrors(() => loadRecording(recording, store, playback));
loop.start();

/** Announces a text to screen readers. */
function announce(text: string): void {
  byId("announcer").textContent = text;
}

/** Shows and announces a text for some seconds. */
function notify(text: string): void {
  store.update({ notice: text });
  announce(text);
  setTimeout(() => {
    if (store.state.notice === text) store.update({ notice: "" });
  }, NOTICE_TIME);
}

/** Why an operation is not possible now; an empty text if it is. */
function obstacleNow(operation: Operation): string {
  return obstacleTo(operation, store.state, data);
}

function obstacle({ needs }: Command): string {
  return needs === undefined ? "" : obstacleNow(needs);
}

/** Runs the command of a key. */
function press(key: string): void {
  const command = commands.find(({ keys }) => keys.includes(key));
  if (command !== undefined) runCommand(command);
}

/** Runs a command, or says why that is not possible. */
function runCommand(command: Command): void {
  const reason = obstacle(command);
  if (reason === "") command.run();
  else notify(reason);
}

/** Shows the error of an invalid message as a notice. */
function noticeErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    store.update({ notice: error instanceof Error ? error.message : show(error) });
  }
}

function applyTheme(): void {
  scene?.setTheme(theme.theme);
  episodePlots.redraw();
  trainingPlots.redraw();
}

/** Moves the goal while it is dragged. In replay mode the episode is requested only after the release. */
function goalDragged(goal: readonly [x: number, y: number, z: number], released: boolean): void {
  const reason = obstacleNow("goal");
  if (reason !== "") {
    if (released) notify(reason);
    return;
  }
  if (released || store.state.mode === "live") actions.setGoal(goal);
  else if (data.view !== undefined) data.view.goals = data.view.goals.map(() => goal);
  loop.requestRender();
}

/** Shows the figures of a joint beside the pointer while the inspector is on; null hides them. */
function showJointTip(
  hovered: { readonly slot: number; readonly link: number } | null,
  x: number,
  y: number,
): void {
  const sceneLink = hovered === null ? undefined : data.view?.scene.links[hovered.link];
  const sample = hovered === null ? undefined : scene?.arms[hovered.slot]?.sample;
  if (
    hovered === null ||
    sceneLink === undefined ||
    sample === undefined ||
    store.state.layers.length === 0
  ) {
    showTip(null, x, y);
    return;
  }
  const { angles, torques } = sample;
  showTip(describeJoint(sceneLink, angles[hovered.link] ?? 0, torques[hovered.link] ?? 0), x, y);
}

/** Shows a text beside the pointer during a drag; null hides it. */
function showDragTip(text: string | null, x: number, y: number): void {
  // The goal or link may be behind a card.
  byId("overlay").classList.toggle("faded", text !== null);
  showTip(text, x, y);
}

function showTip(text: string | null, x: number, y: number): void {
  const tip = byId("drag-tip");
  tip.hidden = text === null;
  tip.textContent = text ?? "";
  const { left, top } = byId("scene").getBoundingClientRect();
  tip.style.transform = `translate(${x - left + 16}px, ${y - top + 16}px)`;
}
