/**
 * @file What the viewer's server and page say to each other: subprotocol `steadyarm.v2` on a WebSocket.
 *
 * Three kinds of message share one socket.
 * - Text, JSON, one object with an `op`: everything named in this file. Never dropped, always in order.
 * - Binary, a *frame*: the present of a live session, protocol-frame.ts. The newest wins: a slow page misses some.
 * - Binary, a *clip*: a whole episode, protocol-clip.ts. Never dropped; comes after the `opened` that announces it.
 *
 * A page connects to `ws://<host>/socket?token=<token>` and offers SUBPROTOCOL. It gets `hello`, a
 * `scene` for each environment and the `library`; then it asks. There are two ways of seeing:
 * `open` brings clips, which the page plays on its own clock; `live` (or `join`) brings frames of arms that
 * the server steps in real time and that can be disturbed.
 *
 * World frame: right-handed, z up, the arm's base at the origin. Quaternions are x y z w. SI units:
 * metres, radians, seconds, newtons, newton metres. Text that comes from files (names, facts, errors) is data:
 * show it as text, never as markup.
 */

import { z } from "zod";
import { refuse, show } from "./errors.ts";
import { RunFindings } from "./protocol-findings.ts";
import { Name, Scene, Vec3 } from "./protocol-scene.ts";

// The page's content security policy forbids making code from text, which zod would try for speed.
z.config({ jitless: true });

/** 2 brought objects, fingers and the table. */
export const PROTOCOL_VERSION = 2;
/** What a page offers, and a server of this version accepts. */
export const SUBPROTOCOL = `steadyarm.v${PROTOCOL_VERSION}`;
/** Where the socket is. The token goes into its query: `/socket?token=…`. */
export const SOCKET_PATH = "/socket";

/** Policies that can be seen side by side. */
export const MOST_SLOTS = 4;
/** A frame is sent only while fewer than this many are unacknowledged; so acknowledge at least every second one. */
export const FRAMES_IN_FLIGHT = 3;
/** Messages a second that a page may send, acknowledgements apart: throttle sliders and drags to this. */
export const MESSAGES_PER_SECOND = 20;
/** Messages that may come at once, when the page was silent before. */
export const MESSAGE_BURST = 60;
/** Bytes of one message from the page. */
export const LARGEST_REQUEST = 64 * 1024;
/** N; a longer push is refused. */
export const STRONGEST_PUSH = 200;
/** Times real time. */
export const SPEED_RANGE = [0.1, 4] as const;

/** Why a server closes a socket (RFC 6455 §7.4). A page should come back after all but POLICY and VERSION. */
export const CLOSE_CODES = {
  /** The server ends. */
  GOING_AWAY: 1001,
  /** Page and server speak different versions: reload the page. */
  VERSION: 1002,
  /** The page broke a rule; the reason says which. */
  POLICY: 1008,
  /** The page reads too slowly for what it asked for, or the server is full: try again later. */
  TRY_LATER: 1013,
} as const;

/** What the library calls a source. Stable while the server runs, and, for the same files, after it. */
const SourceId = z.string().min(1).max(200);
const Count = z.int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** Chosen by the page; what it is answered with. Later requests have greater numbers. */
const Request = z.int().nonnegative().max(0xffff_ffff);
const Goal = z.tuple([z.number().min(-10).max(10), z.number().min(-10).max(10), z.number().min(-10).max(10)]);
/** Deviation of Gaussian noise on each number of an action. */
const Noise = z.number().min(0).max(1);

/** One of the things that can be watched. */
const Source = z.strictObject({
  id: SourceId,
  /** Where it is from. `builtin` plays without having learned: random torques, or none. */
  kind: z.enum(["run", "zoo", "policy", "episode", "builtin"]),
  name: Name,
  /** An environment's id; sources of one environment can be seen side by side. */
  env: Name,
  /** Training steps there is a policy of, ascending; empty where there is nothing to choose. */
  steps: z.array(Count),
  /** Of a run: whether it goes on at the moment, was stopped before its end, or is complete. */
  state: z.enum(["running", "stopped", "finished"]).nullable(),
  /** Whether `follow` brings curves. */
  hasCurves: z.boolean(),
  /** Share of final evaluation episodes held at the end, where known. */
  successRate: z.number().nullable(),
  /** What its card or manifest says, for people. */
  facts: z.array(z.strictObject({ name: Name, value: z.string().max(2000) })),
});

/** What one slot of a view shows. */
const SlotInfo = z.strictObject({
  source: SourceId,
  name: Name,
  /** Training steps of its policy; null where there is none. */
  step: Count.nullable(),
  /** Whether there is a Q(s, a). */
  hasValue: z.boolean(),
  /** Share of the torque limits that an action of 1 stands for. */
  torqueScale: z.number().positive(),
});

const Hello = z.strictObject({
  op: z.literal("hello"),
  protocol: z.literal(PROTOCOL_VERSION),
  /** Of the program. */
  version: Name,
  environments: z.array(Name),
  /** Sources to show at first, side by side: what was named on the command line. May be empty. */
  open: z.array(SourceId).max(MOST_SLOTS),
});

/** All there is to watch: sent again whole whenever some of it changes. */
const Library = z.strictObject({ op: z.literal("library"), sources: z.array(Source) });

/** Answers `open`; a clip for each slot follows, in order. */
const Opened = z.strictObject({
  op: z.literal("opened"),
  request: Request,
  env: Name,
  seed: Count,
  noise: z.number(),
  slots: z
    .array(
      z.strictObject({
        ...SlotInfo.shape,
        /** Metres; the same in all slots but those that are recordings. */
        goal: Vec3,
        /** Undiscounted sum of rewards. */
        episodeReturn: z.number(),
        /** Whether the goal was achieved at the last step: held. */
        successAtEnd: z.boolean(),
        /** Whether it was achieved at any step. */
        successOnce: z.boolean(),
      }),
    )
    .min(1)
    .max(MOST_SLOTS),
});

/** A live session: answers `live` and `join`, and comes again whenever somebody changes something. */
const Session = z.strictObject({
  op: z.literal("session"),
  /** What it answers; null when it tells of a change. */
  request: Request.nullable(),
  /** By which others can `join`. */
  session: Count,
  env: Name,
  slots: z.array(SlotInfo).min(1).max(MOST_SLOTS),
  seed: Count,
  goal: Vec3,
  noise: z.number(),
  speed: z.number(),
  playing: z.boolean(),
  watchers: Count,
});

/** Training figures of a source, answering `follow`; again with new rows as they come. */
const Curves = z.strictObject({
  op: z.literal("curves"),
  source: SourceId,
  /** Rows known before these; 0 means that these are all, and replace what was known. */
  from: Count,
  /** Environment steps of each row. */
  steps: z.array(Count),
  /** By name, as in metrics.jsonl; null where a row has none. */
  series: z.record(z.string().max(200), z.array(z.number().nullable())),
});

/** What keeps the followed run from learning, after its curves; again after each new evaluation. */
const Findings = z.strictObject({ op: z.literal("findings"), source: SourceId, ...RunFindings.shape });

/** Something could not be done; the socket stays open. */
const Failure = z.strictObject({
  op: z.literal("error"),
  /** What it answers, where it answers a request. */
  request: Request.nullable(),
  /** One line, for people. */
  message: z.string(),
});

const ServerMessage = z.discriminatedUnion("op", [
  Hello,
  Scene,
  Library,
  Opened,
  Session,
  Curves,
  Findings,
  Failure,
]);

const Slot = z.strictObject({
  source: SourceId,
  /** Training steps; without it, the newest. */
  step: Count.optional(),
});

/** What `open` and `live` have in common. */
const view = {
  request: Request,
  slots: z.array(Slot).min(1).max(MOST_SLOTS),
  /** Of starts, goals and noise: the same for all slots. */
  seed: Count,
  /** Instead of the one drawn for the seed. */
  goal: Goal.optional(),
  /** 0 without. */
  noise: Noise.optional(),
};

const ClientMessage = z.discriminatedUnion("op", [
  /** Play one episode in each slot and send them as clips. A newer `open` replaces one that still waits. */
  z.strictObject({ op: z.literal("open"), ...view }),
  /** Begin a live session and watch it, instead of the one watched until now. */
  z.strictObject({ op: z.literal("live"), ...view, speed: z.number().min(0.1).max(4).optional() }),
  /** Watch somebody's live session. */
  z.strictObject({ op: z.literal("join"), request: Request, session: Count }),
  /** Watch no live session any more. */
  z.strictObject({ op: z.literal("leave") }),
  /** All that follow act on the session watched. */
  z.strictObject({ op: z.literal("play"), playing: z.boolean() }),
  /** Advance by one action and pause. */
  z.strictObject({ op: z.literal("step") }),
  z.strictObject({ op: z.literal("speed"), speed: z.number().min(SPEED_RANGE[0]).max(SPEED_RANGE[1]) }),
  z.strictObject({ op: z.literal("goal"), goal: Goal }),
  /** Push a link until the next `push`, or until whoever pushes leaves; a force of 0 lets go. */
  z.strictObject({
    op: z.literal("push"),
    /** Which slot's arm; null pushes all alike. */
    slot: z
      .int()
      .min(0)
      .max(MOST_SLOTS - 1)
      .nullable(),
    /** Index of the link. */
    link: z.int().min(0).max(63),
    /** Where it is held, in the link's frame, metres. */
    point: Goal,
    /** In the world's frame, N. */
    force: z.tuple([z.number(), z.number(), z.number()]),
  }),
  z.strictObject({ op: z.literal("noise"), noise: Noise }),
  /** Start again; with the goal drawn for the seed. */
  z.strictObject({ op: z.literal("reset"), seed: Count }),
  /** Send the curves of a source, and new rows as they come; one source at a time, null none. */
  z.strictObject({ op: z.literal("follow"), source: SourceId.nullable() }),
  /** The frame with this number, and all before it, are on the screen. */
  z.strictObject({ op: z.literal("ack"), seq: z.int().nonnegative().max(0xffff_ffff) }),
]);

export type ServerMessage = Readonly<z.infer<typeof ServerMessage>>;
export type ClientMessage = Readonly<z.infer<typeof ClientMessage>>;
export type SourceInfo = z.infer<typeof Source>;
export type SlotInfo = z.infer<typeof SlotInfo>;
export type OpenedMessage = z.infer<typeof Opened>;
export type SessionMessage = z.infer<typeof Session>;
export type CurvesMessage = z.infer<typeof Curves>;
/** `open` and `live`. */
export type ViewRequest = Extract<ClientMessage, { op: "open" | "live" }>;

/** A message as text. What is sent is checked by its type alone. */
export function encodeMessage(message: ServerMessage | ClientMessage): string {
  return JSON.stringify(message);
}

/** Reads what a server sent. Throws InputError of one line if it is no message of this version. */
export function parseServerMessage(text: string): ServerMessage {
  return parse(ServerMessage, text, "message from the server");
}

/** Reads what a page sent. Throws InputError of one line if it is no message of this version. */
export function parseClientMessage(text: string): ClientMessage {
  return parse(ClientMessage, text, "message");
}

function parse<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(where, "JSON", text);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = [where, ...(issue?.path ?? []).map((key) => show(key))].join(" ");
  throw refuse(at, `what ${SUBPROTOCOL} has there`, value, issue?.message);
}
