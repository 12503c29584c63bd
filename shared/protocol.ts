/**
 * @file The protocol between the viewer's server and its page: subprotocol `steadyarm.v2` on a WebSocket.
 *
 * Three kinds of message share one socket.
 * - Text, JSON, one object with an `op`: every message of this file. Never dropped, always in order.
 * - Binary, a *frame*: the present of a live session, protocol-frame.ts. A slow page skips frames.
 * - Binary, a *clip*: a complete episode, protocol-clip.ts. Never dropped; follows the `opened` that announces it.
 *
 * A page connects to `ws://<host>/socket?token=<token>` and offers SUBPROTOCOL. It receives `hello`, a `scene`
 * for each environment and the `library`, then sends requests. `open` returns clips, which the page plays on its
 * own clock. `live` and `join` return frames of arms that the server steps in real time and that can be pushed.
 *
 * World frame: right-handed, z up, the arm's base at the origin. Quaternions are x y z w. SI units:
 * metres, radians, seconds, newtons, newton metres. Text from files (names, facts, errors) is untrusted: insert it
 * as text, never as markup.
 */

import { refuse, show } from "./errors.ts";
import { RunFindings } from "./protocol-findings.ts";
import { Name, Scene } from "./protocol-scene.ts";
import { Vec3 } from "./protocol-shape.ts";
import { z } from "./zod-without-eval.ts";

/** Version 2 added objects, fingers and the table. */
export const PROTOCOL_VERSION = 2;
/** The subprotocol of this version. */
export const SUBPROTOCOL = `steadyarm.v${PROTOCOL_VERSION}`;
/** The token goes into the query: `/socket?token=…`. */
export const SOCKET_PATH = "/socket";

/** The maximum number of policies in a view. */
export const MAX_SLOTS = 4;
/** A frame is sent only while fewer frames than this are unacknowledged. Acknowledge at least every second one. */
export const FRAMES_IN_FLIGHT = 3;
/** Rate limit of a page's messages, acknowledgements excluded. Throttle sliders and drags to it. */
export const MESSAGES_PER_SECOND = 20;
/** Messages that a page may send at once after a pause. */
export const MESSAGE_BURST = 60;
/** Maximum size of a page's message. */
export const MAX_REQUEST_BYTES = 64 * 1024;
/** N. */
export const MAX_PUSH_FORCE = 200;
/** Largest angle of a posture, rad; joints without limits can turn this far. */
export const MAX_ANGLE = 1000;
/** Slowest and fastest live session, as a multiple of real time. */
export const SPEED_RANGE = [0.1, 4] as const;

/** Codes with which the server closes a socket (RFC 6455 §7.4). Pages reconnect after all but POLICY and VERSION. */
export const CLOSE_CODES = {
  /** The server shuts down. */
  GOING_AWAY: 1001,
  /** Page and server have different protocol versions: reload the page. */
  VERSION: 1002,
  /** The page violated the rule given as the reason. */
  POLICY: 1008,
  /** The page reads more slowly than it requests, or the server is full. */
  TRY_LATER: 1013,
} as const;

/** Identifies a source. The same files get the same id after a restart of the server. */
const SourceId = z.string().min(1).max(200);
const Count = z.int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** Chosen by the page and repeated in the answer. Later requests have greater numbers. */
const Request = z.int().nonnegative().max(0xffff_ffff);
const Goal = z.tuple([z.number().min(-10).max(10), z.number().min(-10).max(10), z.number().min(-10).max(10)]);
/** Standard deviation of Gaussian noise on each component of an action. */
const Noise = z.number().min(0).max(1);
const SlotIndex = z
  .int()
  .min(0)
  .max(MAX_SLOTS - 1);
const Speed = z.number().min(SPEED_RANGE[0]).max(SPEED_RANGE[1]);

/** A policy, recording or built-in controller that can be watched. */
const Source = z.strictObject({
  id: SourceId,
  /** Origin. A `builtin` source applies random torques or no torque. */
  kind: z.enum(["run", "zoo", "policy", "episode", "builtin"]),
  name: Name,
  /** Id of the environment. A view shows sources of one environment. */
  env: Name,
  /** Training steps of the saved policies, ascending; empty if there is no choice. */
  steps: z.array(Count),
  /** Only for runs. */
  state: z.enum(["running", "stopped", "finished"]).nullable(),
  /** Whether `follow` returns curves. */
  hasCurves: z.boolean(),
  /** Share of final evaluation episodes with success at the end; null if unknown. */
  successRate: z.number().nullable(),
  /** Seed of a recording's episode; null for other sources, which play any seed. */
  seed: Count.nullable(),
  /** Entries of its card or manifest, for display. */
  facts: z.array(z.strictObject({ name: Name, value: z.string().max(2000) })),
});

/** One slot of a view. */
const SlotInfo = z.strictObject({
  source: SourceId,
  name: Name,
  /** Training steps of its policy; null without a policy. */
  step: Count.nullable(),
  /** Whether a critic gives Q(s, a). */
  hasValue: z.boolean(),
  /** Share of the torque limits that an action of 1 commands. */
  torqueScale: z.number().positive(),
});

const Hello = z.strictObject({
  op: z.literal("hello"),
  protocol: z.literal(PROTOCOL_VERSION),
  /** Version of steadyarm. */
  version: Name,
  environments: z.array(Name),
  /** Sources to show first. May be empty. */
  open: z.array(SourceId).max(MAX_SLOTS),
});

/** All sources; sent again in full after every change. */
const Library = z.strictObject({ op: z.literal("library"), sources: z.array(Source) });

/** Answer to `open`. A clip for each slot follows, in order. */
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
        /** Metres. The same in all slots except recordings. */
        goal: Vec3,
        /** Undiscounted sum of rewards. */
        episodeReturn: z.number(),
        /** Whether the goal is achieved at the last step. */
        successAtEnd: z.boolean(),
        /** Whether the goal is achieved at any step. */
        successOnce: z.boolean(),
      }),
    )
    .min(1)
    .max(MAX_SLOTS),
});

/** A live session: the answer to `live` and `join`, sent again to all clients after every change. */
const Session = z.strictObject({
  op: z.literal("session"),
  /** The answered request; null if it reports a change. */
  request: Request.nullable(),
  /** Id for `join`. */
  session: Count,
  env: Name,
  slots: z.array(SlotInfo).min(1).max(MAX_SLOTS),
  seed: Count,
  goal: Vec3,
  noise: z.number(),
  speed: z.number(),
  playing: z.boolean(),
  /** Clients of the session. */
  watchers: Count,
});

/** Training metrics of a source: the answer to `follow`, sent again with new rows. */
const Curves = z.strictObject({
  op: z.literal("curves"),
  source: SourceId,
  /** Number of rows sent before these. 0 replaces all rows. */
  from: Count,
  /** Training steps of each row. */
  steps: z.array(Count),
  /** Metric values by name, as in metrics.jsonl; null for rows without a value. */
  series: z.record(z.string().max(200), z.array(z.number().nullable())),
});

/** The doctor's findings about the followed run, sent after its curves and again after each new evaluation. */
const Findings = z.strictObject({ op: z.literal("findings"), source: SourceId, ...RunFindings.shape });

/** A request failed. The socket stays open. */
const Failure = z.strictObject({
  op: z.literal("error"),
  /** The request that failed, if it was one. */
  request: Request.nullable(),
  /** One line, for display. */
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
  /** Training steps of the policy; the newest if absent. */
  step: Count.optional(),
});

/** The common fields of `open` and `live`. */
const view = {
  request: Request,
  slots: z.array(Slot).min(1).max(MAX_SLOTS),
  /** Seed of start, goal and noise of all slots. */
  seed: Count,
  /** Replaces the goal drawn from the seed. */
  goal: Goal.optional(),
  /** 0 if absent. */
  noise: Noise.optional(),
};

const ClientMessage = z.discriminatedUnion("op", [
  /** Plays one episode in each slot and returns clips. Replaces a view request that still waits. */
  z.strictObject({ op: z.literal("open"), ...view }),
  /** Starts and joins a live session, leaving the current one. */
  z.strictObject({ op: z.literal("live"), ...view, speed: Speed.optional() }),
  /** Joins a live session. */
  z.strictObject({ op: z.literal("join"), request: Request, session: Count }),
  /** Leaves the live session. */
  z.strictObject({ op: z.literal("leave") }),
  /** This and the following requests act on the joined session. */
  z.strictObject({ op: z.literal("play"), playing: z.boolean() }),
  /** Advances by one control step and pauses. */
  z.strictObject({ op: z.literal("step") }),
  z.strictObject({ op: z.literal("speed"), speed: Speed }),
  z.strictObject({ op: z.literal("goal"), goal: Goal }),
  /** Pushes a link until the next `push`, or until the client leaves. A force of 0 releases it. */
  z.strictObject({
    op: z.literal("push"),
    /** Slot of the pushed arm; null pushes all arms. */
    slot: SlotIndex.nullable(),
    /** Index of the link. */
    link: z.int().min(0).max(63),
    /** Point of application in the link's frame, metres. */
    point: Goal,
    /** In the world frame, N. */
    force: z.tuple([z.number(), z.number(), z.number()]),
  }),
  /** Puts an arm of a paused session at rest at joint angles, which are clamped to its limits. Objects stay in place. */
  z.strictObject({
    op: z.literal("pose"),
    slot: SlotIndex,
    /** One for each joint, rad. */
    angles: z.array(z.number().min(-MAX_ANGLE).max(MAX_ANGLE)).min(1).max(64),
  }),
  z.strictObject({ op: z.literal("noise"), noise: Noise }),
  /** Adds contacts to the session's frames while any of its pages wants them, or ends that for this page. */
  z.strictObject({ op: z.literal("inspect"), contacts: z.boolean() }),
  /** Restarts the session with a seed and the goal drawn from it. */
  z.strictObject({ op: z.literal("reset"), seed: Count }),
  /** Subscribes to the curves and findings of a source, one at a time; null unsubscribes. */
  z.strictObject({ op: z.literal("follow"), source: SourceId.nullable() }),
  /** Acknowledges the frame with this number and all earlier ones. */
  z.strictObject({ op: z.literal("ack"), seq: z.int().nonnegative().max(0xffff_ffff) }),
]);

export type ServerMessage = Readonly<z.infer<typeof ServerMessage>>;
export type ClientMessage = Readonly<z.infer<typeof ClientMessage>>;
export type SourceInfo = z.infer<typeof Source>;
export type SlotInfo = z.infer<typeof SlotInfo>;
export type OpenedMessage = z.infer<typeof Opened>;
export type SessionMessage = z.infer<typeof Session>;
export type CurvesMessage = z.infer<typeof Curves>;
/** A request for a new view. */
export type ViewRequest = Extract<ClientMessage, { op: "open" | "live" }>;

/** Returns a message as text, without a check at run time. */
export function encodeMessage(message: ServerMessage | ClientMessage): string {
  return JSON.stringify(message);
}

/** Parses a server's message. Throws InputError if it is invalid in this version. */
export function parseServerMessage(text: string): ServerMessage {
  return parse(ServerMessage, text, "message from the server");
}

/** Parses a page's message. Throws InputError if it is invalid in this version. */
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
  throw refuse(at, `a valid field of ${SUBPROTOCOL}`, value, issue?.message);
}
