/** @file Creates a recording of the displayed episode, and loads the recording embedded in the page. */

import { refuse, unquoted } from "../../../shared/errors.ts";
import {
  encodeMessage,
  parseServerMessage,
  type ServerMessage,
  type SourceInfo,
} from "../../../shared/protocol.ts";
import { encodeClip } from "../../../shared/protocol-clip.ts";
import { withoutMeshes } from "../../../shared/protocol-scene.ts";
import type { PlaybackController } from "../playback/playback-controller.ts";
import { decodeLink, linkedDetails } from "../state/deep-link.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import {
  fromBase64,
  parseRecording,
  RECORDING_FORMAT,
  RECORDING_ID,
  type Recording,
  toBase64,
} from "./recording-format.ts";

/** Returns the displayed episode as a recording; undefined in live mode, or if it is not completely loaded. */
export function recordEpisode(store: PageStore, data: ViewData, link: string): Recording | undefined {
  const { view } = data;
  const episode = data.episodes.get(store.state.seed);
  if (view === undefined || view.live || episode === undefined) return undefined;
  const sources = new Set(view.slots.map(({ source }) => source));
  const curves = [...sources].flatMap((source): ServerMessage[] => {
    const known = data.curves.get(source);
    if (known === undefined) return [];
    const series = Object.fromEntries(Object.entries(known.series).map(([name, ys]) => [name, [...ys]]));
    return [{ op: "curves", source, from: 0, steps: [...known.steps], series }];
  });
  const messages: ServerMessage[] = [
    // A file has no server for meshes.
    withoutMeshes(view.scene),
    {
      op: "library",
      sources: data.sources.filter(({ id }) => sources.has(id)).map(portable),
    },
    ...curves,
    episode.opened,
  ];
  return {
    format: RECORDING_FORMAT,
    messages: messages.map(encodeMessage),
    clips: episode.clips.map((clip) => toBase64(encodeClip(clip))),
    link,
  };
}

/** Returns a source without its checkpoints, which the file does not contain, and without paths of this machine. */
function portable(source: SourceInfo): SourceInfo {
  const facts = source.facts.filter(({ name }) => name !== "folder" && name !== "file");
  return { ...source, steps: [], facts };
}

/** Returns the text of the recording in this page; undefined if the page is served by a server. */
export function embeddedRecording(): string | undefined {
  return document.getElementById(RECORDING_ID)?.textContent ?? undefined;
}

/** Displays a recording. Throws InputError if it is invalid. */
export function loadRecording(text: string, store: PageStore, playback: PlaybackController): void {
  const { messages, clips, link } = parseRecording(text);
  const opened = messages.map(parseServerMessage).find((message) => message.op === "opened");
  if (opened === undefined) throw refuse("recording", "an episode", unquoted("none"));
  const view = decodeLink(link);
  store.update({
    connection: "recording",
    connectionMessage: "This recording needs no server",
    slots: opened.slots.map(({ source }) => ({ source })),
    seed: opened.seed,
    seeds: [opened.seed],
    ...(view.compare === undefined ? {} : { compare: view.compare }),
    ...linkedDetails(view),
    followTools: view.follow ?? false,
  });
  playback.episodes.expect(opened.request, opened.seed);
  for (const message of messages) playback.receiveText(message);
  for (const clip of clips) playback.receiveBinary(fromBase64(clip));
}
