/**
 * @file An episode inside a page: the server's own messages and clips, so that a file plays without a server.
 *
 * It is JSON in a script element that no browser runs. The messages are checked when they are read, as
 * those of a server are.
 */

import { refuse } from "../../../shared/errors.ts";

/** The element's id. */
export const RECORDING_ID = "steadyarm-recording";
export const RECORDING_FORMAT = "steadyarm-recording 1";

/** What is embedded, as text. */
export interface Recording {
  readonly format: typeof RECORDING_FORMAT;
  /** Messages of the server, each as JSON. */
  readonly messages: readonly string[];
  /** Clips of the protocol, base64. */
  readonly clips: readonly string[];
  /** What was on screen, as the query of a link. */
  readonly link: string;
}

/** Reads a recording's text. Throws InputError if it is not one. */
export function parseRecording(text: string): Recording {
  const value: unknown = JSON.parse(text);
  const isTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((each) => typeof each === "string");
  if (
    typeof value === "object" &&
    value !== null &&
    "format" in value &&
    value.format === RECORDING_FORMAT &&
    "messages" in value &&
    isTexts(value.messages) &&
    "clips" in value &&
    isTexts(value.clips) &&
    "link" in value &&
    typeof value.link === "string"
  ) {
    return { format: RECORDING_FORMAT, messages: value.messages, clips: value.clips, link: value.link };
  }
  throw refuse("recording", RECORDING_FORMAT, value);
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  // In pieces: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 0x8000)
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** Bytes out of base64. */
export function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}
