/** @file Takes the episode on stage into a recording, and puts the one that a page carries on stage. */

import { refuse } from "../../../shared/errors.ts";
import { encodeMessage, parseServerMessage, type ServerMessage } from "../../../shared/protocol.ts";
import { encodeClip } from "../../../shared/protocol-clip.ts";
import { decodeLink } from "../deep-link.ts";
import type { Director } from "../director.ts";
import type { PageStore } from "../page-state.ts";
import type { ViewData } from "../view-data.ts";
import {
  fromBase64,
  parseRecording,
  RECORDING_FORMAT,
  RECORDING_ID,
  type Recording,
  toBase64,
} from "./recording-format.ts";

/** The episode on stage as a recording; undefined where there is none that is whole. */
export function recordEpisode(store: PageStore, data: ViewData, link: string): Recording | undefined {
  const showing = data.showing;
  const episode = data.shelf.get(store.state.seed);
  if (showing === undefined || showing.live || episode === undefined) return undefined;
  const shown = new Set(showing.slots.map(({ source }) => source));
  const messages: ServerMessage[] = [
    showing.scene,
    // Steps are left out: other checkpoints are not in the file.
    {
      op: "library",
      sources: data.sources.filter(({ id }) => shown.has(id)).map((source) => ({ ...source, steps: [] })),
    },
    ...[...shown].flatMap((source): ServerMessage[] => {
      const curves = data.curves.get(source);
      if (curves === undefined) return [];
      const series = Object.fromEntries(Object.entries(curves.series).map(([name, ys]) => [name, [...ys]]));
      return [{ op: "curves", source, from: 0, steps: [...curves.steps], series }];
    }),
    episode.opened,
  ];
  return {
    format: RECORDING_FORMAT,
    messages: messages.map(encodeMessage),
    clips: episode.clips.map((clip) => toBase64(encodeClip(clip))),
    link,
  };
}

/** The recording that this page carries, if it does. */
export function embeddedRecording(): string | undefined {
  return document.getElementById(RECORDING_ID)?.textContent ?? undefined;
}

/**
 * Puts a recording on stage.
 *
 * @throws InputError if it is not one
 */
export function loadRecording(text: string, store: PageStore, data: ViewData, director: Director): void {
  const { messages, clips, link } = parseRecording(text);
  const opened = messages.map(parseServerMessage).find((message) => message.op === "opened");
  if (opened === undefined) throw refuse("recording", "an episode", messages.length);
  const { compare } = decodeLink(link);
  store.update({
    connection: "recording",
    connectionTold: "A recording: it needs no server",
    slots: opened.slots.map(({ source }) => ({ source })),
    seed: opened.seed,
    seeds: [opened.seed],
    ...(compare === undefined ? {} : { compare }),
  });
  director.expect(opened.request, opened.seed);
  for (const message of messages) director.takeText(message);
  for (const clip of clips) director.takeBinary(fromBase64(clip));
  data.version = "";
}
