/** @file `steadyarm watch`: the viewer's server, for as long as somebody wants it. */

import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { InputError, refuse } from "../shared/errors.ts";
import { Library } from "../viewer/server/library.ts";
import { readPageFiles } from "../viewer/server/page-files.ts";
import { isPortTaken, startWatchServer, type WatchServer } from "../viewer/server/watch-server.ts";
import { hasDesktop, openBrowser } from "./browser.ts";
import { examineRun } from "./examine-run.ts";
import { packageRoot } from "./package-root.ts";

export interface WatchFlags {
  readonly port?: string | undefined;
  readonly host: string;
  readonly open: boolean;
  /** Of this program. */
  readonly version: string;
}

/** Where runs without a name of their own are. */
const RUNS = "runs";

/** The port if nothing is said, and how many after it are tried when it is taken. */
const USUAL_PORT = 8420;
const PORTS_TRIED = 20;

/**
 * Serves until Ctrl-C, or until the training that started it ends.
 *
 * @returns 0
 * @throws InputError if something named cannot be watched, the port is taken, or the page is not built
 */
export async function watchCommand(named: readonly string[], flags: WatchFlags): Promise<number> {
  if (flags.host !== "127.0.0.1" && flags.host !== "localhost") {
    throw refuse(
      "--host",
      "127.0.0.1",
      flags.host,
      "Other machines cannot watch; forward the port instead: ssh -L 8420:127.0.0.1:8420",
    );
  }
  const root = packageRoot();
  const library = new Library({ named, runs: RUNS, zoo: join(root, "zoo") });
  const page = readPageFiles(join(root, "dist", "viewer", "web"));
  stepBack();
  const server = await startOnPort(flags.port, (port) =>
    startWatchServer({ library, page, version: flags.version, port, examine: examineRun }),
  );
  // A training that watches itself prints the address among its own lines.
  if (process.send !== undefined) process.send({ address: server.address });
  else {
    process.stdout.write(`${describe(library)}\nwatch at ${server.address}\nCtrl-C ends it\n`);
    if (flags.open && hasDesktop()) openBrowser(server.address);
  }
  await untilEnd();
  await server.close();
  return 0;
}

/**
 * A training on the same cores must not feel that somebody watches: beside its own, the viewer takes only
 * what is left over, else a tenth of a core that both want.
 */
function stepBack(): void {
  const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    setPriority(process.send === undefined ? PRIORITY_BELOW_NORMAL : PRIORITY_LOW);
  } catch {
    // Where it is not allowed, the viewer is as important as everybody.
  }
}

async function startOnPort(
  asked: string | undefined,
  start: (port: number) => Promise<WatchServer>,
): Promise<WatchServer> {
  if (asked !== undefined) {
    const port = /^\d{1,5}$/.test(asked) ? Number(asked) : Number.NaN;
    if (!(port <= 65_535)) throw refuse("--port", "an integer in [0, 65535]", asked);
    return start(port);
  }
  for (let port = USUAL_PORT; port < USUAL_PORT + PORTS_TRIED; port++) {
    try {
      return await start(port);
    } catch (error) {
      if (!isPortTaken(error)) throw error;
    }
  }
  throw new InputError(
    `ports ${USUAL_PORT} to ${USUAL_PORT + PORTS_TRIED - 1} are all in use. Choose one with --port`,
  );
}

/** What there is to watch, in a line or two. */
function describe(library: Library): string {
  const named = (kind: string) => library.infos.filter((info) => info.kind === kind).map(({ name }) => name);
  const count = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what}: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`];
  const lines = [
    ...count("zoo", named("zoo")),
    ...count("runs", named("run")),
    ...count("policies", named("policy")),
    ...count("episodes", named("episode")),
  ];
  return lines.length > 0
    ? lines.join("\n")
    : "nothing is trained yet, so there are only random torques to see; `steadyarm train --watch` trains";
}

function untilEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    // The training that this is a part of has ended, however it ended.
    process.once("disconnect", () => resolve());
  });
}
