/**
 * @file The format of a recording in an HTML file: the server's messages and clips, as JSON in a script element.
 *
 * The messages are validated when they are loaded, as those of a server are.
 */

import { refuse } from "../../../shared/errors.ts";

/** The id of the script element. */
export const RECORDING_ID = "steadyarm-recording";
export const RECORDING_FORMAT = "steadyarm-recording 1";

export interface Recording {
  readonly format: typeof RECORDING_FORMAT;
  /** Messages of the server, each as JSON. */
  readonly messages: readonly string[];
  /** Clips, base64. */
  readonly clips: readonly string[];
  /** The query of the deep link. */
  readonly link: string;
}

/** Parses a recording. Throws InputError if it is invalid. */
export function parseRecording(text: string): Recording {
  const value: unknown = JSON.parse(text);
  const isTextList = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((each) => typeof each === "string");
  if (
    typeof value === "object" &&
    value !== null &&
    "format" in value &&
    value.format === RECORDING_FORMAT &&
    "messages" in value &&
    isTextList(value.messages) &&
    "clips" in value &&
    isTextList(value.clips) &&
    "link" in value &&
    typeof value.link === "string"
  ) {
    return { format: RECORDING_FORMAT, messages: value.messages, clips: value.clips, link: value.link };
  }
  throw refuse("recording", RECORDING_FORMAT, value);
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  // In pieces, since the number of arguments of a call is limited.
  for (let i = 0; i < bytes.length; i += 0x8000)
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

export function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}
