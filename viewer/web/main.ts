/** @file The page: makes its parts, joins them, and draws frame after frame. */

import "./page-language.ts";

import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/layout.css";
import "./style/parts.css";

import { Actions } from "./actions.ts";
import { CAMERA_PRESETS, presetPose } from "./camera-presets.ts";
import { type Command, commandsOf, type PageVerbs } from "./commands.ts";
import { Connection } from "./connection.ts";
import { CommandPalette, HelpDialog, PolicyPicker } from "./dialogs.ts";
import { Director, tellFault } from "./director.ts";
import { byId } from "./dom.ts";
import { Keyboard } from "./keyboard.ts";
import { PageAddress } from "./page-address.ts";
import { exposeProbe } from "./page-probe.ts";
import { initialState, PageStore } from "./page-state.ts";
import { EpisodePlots } from "./panel/episode-plots.ts";
import { FindingsPanel } from "./panel/findings-panel.ts";
import { HandsPanel } from "./panel/hands-panel.ts";
import { Panel } from "./panel/panel.ts";
import { TrainingPlots } from "./panel/training-plots.ts";
import { PlaybackClock } from "./playback-clock.ts";
import { PointerHands } from "./scene/pointer-hands.ts";
import { SlotCards } from "./slot-cards.ts";
import { socketUrl } from "./socket-address.ts";
import { makeStage, StageNotes } from "./stage-notes.ts";
import { embeddedRecording, loadRecording } from "./takeaway/recording.ts";
import { TakeAway } from "./takeaway/take-away.ts";
import { ThemeSwitch } from "./theme.ts";
import { Timeline } from "./timeline.ts";
import { TopBar } from "./top-bar.ts";
import { ViewData } from "./view-data.ts";

/** Milliseconds between redraws of plots that grow: more often is not seen. */
const LIVE_PLOT_MS = 150;
const LIVE_CARDS_MS = 600;

/** Milliseconds without a change after which a picture is worth being drawn finely. */
const REST_MS = 500;

const link = PageAddress.read();
const store = new PageStore(initialState(link.seed ?? 1));
store.update({
  ...(link.slots === undefined ? {} : { slots: link.slots }),
  ...(link.compare === undefined ? {} : { compare: link.compare }),
  ...(link.mode === undefined ? {} : { mode: link.mode }),
  ...(link.goal?.length === 3 ? { goal: [link.goal[0] ?? 0, link.goal[1] ?? 0, link.goal[2] ?? 0] } : {}),
  panelOpen: matchMedia("(min-width: 62rem)").matches,
});
const data = new ViewData();
const clock = new PlaybackClock();
const address = new PageAddress(store, clock);
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;

const stage = makeStage(link.fine === true);

function announce(text: string): void {
  byId("announcer").textContent = text;
}

let plotsDue = false;
let cardsDue = true;
/** The cards may have another height: only then is it measured, so that the picture stays where it is. */
let layoutDue = true;
const connection = new Connection(socketUrl(location), {
  phaseChanged: (phase, told) => {
    if (phase !== "open" && store.state.connection === "open") director.disconnected();
    if (store.state.connection !== phase && phase !== "connecting") announce(told);
    store.update({ connection: phase, connectionTold: told });
  },
  text: (text) => guarded(() => director.takeText(text)),
  binary: (bytes) => guarded(() => director.takeBinary(bytes)),
});
const director = new Director(store, data, connection, {
  staged: () => staged(),
  learned: () => {
    cardsDue = true;
  },
  moved: () => {
    if (stage !== undefined) stage.dirty = true;
  },
});
const actions = new Actions({ store, data, clock, director, stage, announce });
const theme = new ThemeSwitch(store, () => restyle());
const takeAway = new TakeAway({ store, data, clock, stage, announce, poseAt: (time) => poseAt(time) });
const episodePlots = new EpisodePlots(data, store, actions);
const trainingPlots = new TrainingPlots(data, actions);
const hands = new HandsPanel(store, data, director, actions);
const findings = new FindingsPanel(data);
const picker = new PolicyPicker(store, data, actions);
const verbs: PageVerbs = {
  openPicker: () => picker.open(),
  openHelp: () => help.open(),
  openPalette: () => palette.open(),
  push: () => hands.pushOnce(),
  cycleTheme: () => announce(`Colours: ${theme.cycle()}`),
  screenshot: () => void takeAway.screenshot(),
  video: () => void takeAway.video(),
  exportFile: () => void takeAway.htmlFile(),
  copyLink: () => void takeAway.copyLink(address.current()),
};
const commands: readonly Command[] = commandsOf(actions, verbs);
const help = new HelpDialog(() => commands);
const palette = new CommandPalette(() => commands);
const topBar = new TopBar(byId("bar"), store, actions, verbs);
const cards = new SlotCards(byId("overlay"), store, data, actions);
const notes = new StageNotes(store, data, verbs.openPicker);
const timeline = new Timeline(byId("timeline"), store, data, clock, actions);
const panel = new Panel(
  byId("panel"),
  store,
  {
    episode: episodePlots.object,
    training: trainingPlots.object,
    hands: hands.object,
    findings: findings.object,
  },
  () => actions.togglePanel(),
);

/** Runs what may meet a message that is not one; a person reads why. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (fault) {
    store.update({ notice: tellFault(fault) });
  }
}

/** The environment on stage before; undefined before the first. */
let stagedEnv: string | undefined;
/** Another cast, or another episode, is on stage. */
function staged(): void {
  const showing = data.showing;
  if (showing === undefined) return;
  const duration = Math.max(...showing.motions.map(({ moments, times }) => times[moments - 1] ?? 0), 0);
  clock.setDuration(duration);
  if (stage !== undefined) {
    stage.setActors(showing.scene, showing.slots.length);
    stage.actors.forEach((actor, slot) => {
      actor.torqueScale = showing.slots[slot]?.torqueScale ?? 1;
    });
    stage.setDetails({ torques: store.state.showTorques, trails: store.state.showTrails });
    pointerHands?.suit(showing.scene);
  }
  const { scene } = showing;
  const before = stagedEnv;
  stagedEnv = scene.env;
  if (before !== stagedEnv) {
    // Another arm, or a table, is not seen whole from where the last one was.
    const camera = before === undefined ? link.camera : undefined;
    stage?.setPose(camera ?? presetPose(CAMERA_PRESETS[0]!, scene));
  }
  if (before === undefined) {
    if (link.time !== undefined) clock.seek(link.time);
    else if (!reducedMotion) clock.play();
  }
  episodePlots.rebuild();
  layoutDue = true;
  cardsDue = true;
}

const pointerHands =
  stage === undefined
    ? undefined
    : new PointerHands(stage, {
        goalMoved: (goal, released) => {
          // A whole episode is played anew only once the goal rests; a live one chases it all the way.
          if (store.state.connection === "recording") return;
          if (released || store.state.mode === "live") actions.setGoal(goal);
          else if (data.showing !== undefined) data.showing.goals = data.showing.goals.map(() => goal);
          stage.dirty = true;
        },
        canPush: () => store.state.mode === "live" && store.state.connection === "open",
        pushed: (_, linkIndex, point, force) => director.live.push(null, linkIndex, point, force),
        told: (text, x, y) => {
          const tip = byId("hand-tip");
          tip.hidden = text === null;
          tip.textContent = text ?? "";
          const { left, top } = byId("stage").getBoundingClientRect();
          tip.style.transform = `translate(${x - left + 16}px, ${y - top + 16}px)`;
        },
      });

function restyle(): void {
  stage?.setTheme(theme.theme);
  episodePlots.redraw();
  trainingPlots.redraw();
}

function refreshChrome(): void {
  topBar.refresh();
  timeline.refresh();
  panel.refresh();
  hands.refresh();
  notes.refresh();
}

store.subscribe((state, changed) => {
  if (changed.has("compare")) {
    stage?.setCompare(state.compare);
    layoutDue = true;
  }
  if (changed.has("showTorques") || changed.has("showTrails"))
    stage?.setDetails({ torques: state.showTorques, trails: state.showTrails });
  if (changed.has("joint")) episodePlots.rebuild();
  if (changed.has("tab") || changed.has("panelOpen")) plotsDue = true;
  cardsDue = true;
});
new Keyboard(commands);
// Whoever opens the address of a server that was started anew in this tab only changes what is after the #.
addEventListener("hashchange", () => connection.moveTo(socketUrl(location)));
document.querySelector(".skip-link")?.addEventListener("click", (event) => {
  // The part after # holds the token: it stays.
  event.preventDefault();
  byId("timeline").focus();
});

const resized = new ResizeObserver(() => {
  const { clientWidth, clientHeight } = byId("stage");
  stage?.resize(clientWidth, clientHeight, devicePixelRatio);
  cards.place(stage);
  layoutDue = true;
  cardsDue = true;
});
resized.observe(byId("stage"));
resized.observe(byId("panel"));

let lastFrame = performance.now();
let lastPlots = 0;
let lastCards = 0;
let lastDrawn = 0;
let lastTime = -1;
function frame(now: number): void {
  const elapsed = now - lastFrame;
  lastFrame = now;
  const showing = data.showing;
  const live = store.state.mode === "live" && showing?.live === true;
  if (live) {
    const newest = showing.motions.reduce(
      (latest, { times, moments }) => Math.max(latest, times[moments - 1] ?? 0),
      0,
    );
    clock.setDuration(newest);
    if (store.state.following) clock.seek(newest);
  } else if (!takeAway.busy) clock.advance(elapsed / 1000);

  if (cardsDue) {
    cardsDue = false;
    refreshChrome();
    cards.refresh(stage);
    if (layoutDue && stage !== undefined) {
      layoutDue = false;
      // Cards are as high as they stay once all their words stand.
      cards.tick(clock.time);
      stage.coveredTop = cards.coveredTop;
      stage.dirty = true;
    }
    trainingPlots.refresh();
    findings.refresh();
    plotsDue = true;
  }
  const moved = clock.time !== lastTime;
  lastTime = clock.time;
  if (showing !== undefined && stage !== undefined && !takeAway.busy && (moved || stage.dirty)) {
    drawStage();
    lastDrawn = now;
    if (elapsed < 1000 && moved) stage.noteFrame(elapsed);
  } else if (showing !== undefined && !takeAway.busy && now - lastDrawn > REST_MS) stage?.renderAtRest();
  if (live) {
    director.live.acknowledge();
    // The figures of a live episode are of what it has shown so far.
    if (now - lastCards > LIVE_CARDS_MS) {
      lastCards = now;
      cardsDue = true;
    }
  }
  if (moved || plotsDue) {
    timeline.tick();
    cards.tick(clock.time);
    const growing = live && now - lastPlots > LIVE_PLOT_MS;
    if (store.state.tab === "episode" && (plotsDue || growing || !live)) {
      if (growing) episodePlots.refresh();
      if (plotsDue) episodePlots.fit(panel.width);
      episodePlots.setTime(clock.time);
      lastPlots = now;
    } else if (store.state.tab === "training" && plotsDue) trainingPlots.fit(panel.width);
    plotsDue = false;
  } else timeline.tick();
  requestAnimationFrame(frame);
}

/** Puts the arms where they are at a time, seconds. */
function poseAt(time: number): void {
  const showing = data.showing;
  stage?.actors.forEach((actor, slot) => {
    const motion = showing?.motions[slot];
    if (showing === undefined || motion === undefined || motion.moments === 0) return;
    actor.show(motion, time, showing.goals[slot] ?? [0, 0, 0], stage.colors);
    const state = showing.live ? director.live.frame?.slots[slot] : undefined;
    if (state === undefined || state.pushLink < 0) actor.arrow.hide();
    else actor.showPush(state.pushPoint, state.pushForce);
  });
}

function drawStage(): void {
  if (stage === undefined) return;
  poseAt(clock.time);
  stage.controls.update();
  stage.render();
}

exposeProbe({ store, data, clock, director, stage, actions });
stage?.setCompare(store.state.compare);
stage?.setTheme(theme.theme);
address.watch(stage);
const recording = embeddedRecording();
if (recording === undefined) connection.start();
else guarded(() => loadRecording(recording, store, data, director));
requestAnimationFrame(frame);
