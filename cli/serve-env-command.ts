/** @file `steadyarm serve-env`: an environment for a program in another language, over standard input and output. */

import { fstatSync } from "node:fs";
import { type ConnectOpts, Socket, type SocketConstructorOpts } from "node:net";
import { isatty } from "node:tty";
import { z } from "zod";
import { makeEnv } from "../env/registry.ts";
import { InputError, internal, refuse, unquoted } from "../shared/errors.ts";
import type { GoalEnv, ResetOptions } from "../shared/goal-env.ts";
import { validate } from "../shared/validate.ts";
import { parseJson } from "../storage/strict-json.ts";
import {
  errorFrame,
  type Frame,
  FrameReader,
  helloFrame,
  observationFrame,
  REQUEST,
  readAction,
  readNothing,
  rewardsFrame,
  stepFrame,
} from "./env-protocol.ts";
import { type EnvironmentFlags, resolveEnvironment } from "./environment-flags.ts";

export interface ServeEnvFlags extends EnvironmentFlags {
  readonly env?: string | undefined;
  /** Version of this program. */
  readonly version: string;
}

/** The settings' defaults: presets of tasks add costs to the reward, which suit our agent. */
const PRESET = "ddpg-her";

/** Many actions, or a batch of rewards. */
const CHUNK_BYTES = 2 ** 16;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

const Reset: z.ZodType<ResetOptions> = z.strictObject({
  seed: z.number().exactOptional(),
  goal: z.array(z.number()).exactOptional(),
  training: z.boolean().exactOptional(),
  configuration: z.array(z.number()).exactOptional(),
});

/**
 * Serves until the client closes the session or its end of the pipe, or a signal.
 *
 * @returns 0
 * @throws InputError if a flag is invalid, or standard input is a terminal or has bytes that are no frame
 */
export async function serveEnvCommand(flags: ServeEnvFlags): Promise<number> {
  if (isatty(0)) {
    const remedy = "The Python package steadyarm_gym starts this command: docs/gymnasium.md";
    throw refuse("standard input", "a pipe from a program", unquoted("a terminal"), remedy);
  }
  const { config } = resolveEnvironment("serve-env", flags.env, flags, PRESET);
  const send = frameOutput();
  const env = await makeEnv(config.env, config.agent.gamma);
  try {
    // Signals are handled from the first frame on.
    const ended = answerRequests(env, send);
    send(helloFrame(env, flags.version));
    await ended;
  } finally {
    env.dispose();
  }
  return 0;
}

/** Returns a function that writes to standard output, where no one else writes from now on, such as a user's module. */
function frameOutput(): (frame: Buffer) => void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (frame) => write(frame);
}

/** Resolves when the session ends. */
async function answerRequests(env: GoalEnv, send: (frame: Buffer) => void): Promise<void> {
  const frames = new FrameReader();
  let input: Socket | NodeJS.ReadStream | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const attempt = (handle: () => void) => {
        try {
          handle();
        } catch (error) {
          reject(error);
        }
      };
      const onData = (chunk: Buffer) => {
        for (const frame of frames.read(chunk)) {
          if (frame.type === REQUEST.close) {
            readNothing(frame);
            return resolve();
          }
          send(answer(env, frame));
        }
      };
      input = openInput((chunk) => attempt(() => onData(chunk)));
      input.on("end", () =>
        attempt(() => {
          frames.end();
          resolve();
        }),
      );
      input.on("error", reject);
      for (const signal of SIGNALS) process.once(signal, () => resolve());
    });
  } finally {
    // It would keep the process alive.
    input?.destroy();
  }
}

/**
 * Starts to read standard input; a chunk is valid during the call.
 *
 * A pipe is read into one buffer: Node's streams would take about as long as a third of a simulated step.
 */
function openInput(onData: (chunk: Buffer) => void): Socket | NodeJS.ReadStream {
  const stat = fstatSync(0);
  if (!stat.isFIFO() && !stat.isSocket()) return process.stdin.on("data", onData);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const callback = (bytes: number) => {
    onData(buffer.subarray(0, bytes));
    return true;
  };
  const options: SocketConstructorOpts & ConnectOpts = {
    fd: 0,
    readable: true,
    writable: false,
    onread: { buffer, callback },
  };
  return new Socket(options).resume();
}

/** Returns the reply. Throws InputError for a frame of the wrong size, unlike for contents that the environment refuses. */
function answer(env: GoalEnv, frame: Frame): Buffer {
  switch (frame.type) {
    case REQUEST.reset:
      return orRefusal(() => observationFrame(env.reset(resetOptions(frame.payload))));
    case REQUEST.step: {
      const action = readAction(frame, env);
      return orRefusal(() => stepFrame(env.step(action)));
    }
    case REQUEST.computeReward:
      return rewardsFrame(frame, env);
    default:
      throw internal(`serve-env: a frame of type ${frame.type}`);
  }
}

function resetOptions(payload: Buffer): ResetOptions {
  return payload.length === 0 ? {} : validate(Reset, parseJson(payload, "reset"), "reset");
}

function orRefusal(reply: () => Buffer): Buffer {
  try {
    return reply();
  } catch (error) {
    if (error instanceof InputError) return errorFrame(error.message);
    throw error;
  }
}
