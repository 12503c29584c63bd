/** @file Runs the viewer as a child process for `train --watch`; training neither waits for it nor depends on it. */

import { type ChildProcess, fork } from "node:child_process";
import { isRecord } from "../shared/is-record.ts";

/** How often a viewer that crashes is started again. */
const MAX_RESTARTS = 1;

export interface ViewerProcess {
  /** Its address; undefined until it accepts connections, and after it has exited. */
  readonly address: string | undefined;
  /** Resolves when it has exited and is not started again. Waiting keeps this process alive. */
  exited(): Promise<void>;
  /** Stops the viewer, which also stops when this process dies. May be called more than once. */
  end(): void;
}

/**
 * Starts `steadyarm watch` on a run. A viewer that crashes is started once more. Never throws.
 *
 * @param print     prints a message to the user
 * @param onAddress called with the viewer's address whenever it starts to accept connections
 */
export function startViewer(
  run: string,
  print: (line: string) => void,
  onAddress: (address: string) => void,
): ViewerProcess {
  let child: ChildProcess | undefined;
  let address: string | undefined;
  let ended = false;
  let resolveExited = () => {};
  const exited = new Promise<void>((resolve) => {
    resolveExited = resolve;
  });

  const start = (restarts: number) => {
    let hasExited = false;
    const onExit = (reason: string, isCrash: boolean) => {
      if (hasExited) return;
      hasExited = true;
      child = undefined;
      address = undefined;
      if (!ended && isCrash && restarts < MAX_RESTARTS) {
        print(`the viewer exited (${reason}) and is restarted; training is not affected`);
        start(restarts + 1);
        return;
      }
      if (!ended)
        print(`the viewer exited (${reason}); training is not affected. Restart it: steadyarm watch ${run}`);
      resolveExited();
    };
    try {
      child = forkViewer(run);
    } catch (error) {
      onExit(error instanceof Error ? error.message : String(error), true);
      return;
    }
    child.on("message", (message) => {
      if (!isRecord(message) || typeof message["address"] !== "string") return;
      address = message["address"];
      onAddress(address);
    });
    child.on("error", (error) => onExit(error.message, true));
    // 0: it was asked to stop. 2: it has printed a user error, which a restart does not fix.
    child.on("exit", (code, signal) => onExit(signal ?? `exit code ${code}`, code !== 0 && code !== 2));
  };
  start(0);

  return {
    get address() {
      return address;
    },
    exited() {
      child?.ref();
      return exited;
    },
    end() {
      ended = true;
      if (child?.connected === true) child.disconnect();
    },
  };
}

/** Without unref, the child and its channel would keep this process alive. */
function forkViewer(run: string): ChildProcess {
  const program = process.argv[1] ?? "";
  const child = fork(program, ["watch", run, "--no-open"], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child.unref();
  child.channel?.unref();
  return child;
}
