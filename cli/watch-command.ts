/** @file `steadyarm watch`: runs the viewer's server. */

import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { InputError, refuse } from "../shared/errors.ts";
import { packageRoot } from "../storage/package-root.ts";
import { Library } from "../viewer/server/library.ts";
import { readPageFiles } from "../viewer/server/page-files.ts";
import { DAMAGE } from "../viewer/server/sources.ts";
import { isPortTaken, startWatchServer, type WatchServer } from "../viewer/server/watch-server.ts";
import { hasDesktop, openBrowser } from "./browser.ts";
import { examineRun } from "./examine-run.ts";
import { integerFlag } from "./integer-flag.ts";
import { printLines } from "./output.ts";
import { lostParent } from "./stop-signals.ts";

export interface WatchFlags {
  readonly port?: string | undefined;
  readonly host: string;
  readonly open: boolean;
  /** Version of this program. */
  readonly version: string;
}

/** Folder of runs that were trained without --out. */
const RUNS = "runs";

/** Default port, and how many ports are tried if it is in use. */
const DEFAULT_PORT = 8420;
const PORT_ATTEMPTS = 20;

/**
 * Serves until Ctrl-C, or until the training that started it exits.
 *
 * @returns 0
 * @throws InputError if an argument cannot be watched, the port is in use, or the page has not been built
 */
export async function watchCommand(named: readonly string[], flags: WatchFlags): Promise<number> {
  if (flags.host !== "127.0.0.1" && flags.host !== "localhost") {
    throw refuse(
      "--host",
      "127.0.0.1",
      flags.host,
      "To watch from another machine, forward the port: ssh -L 8420:127.0.0.1:8420",
    );
  }
  const root = packageRoot();
  const library = new Library({ named, runs: RUNS, zoo: join(root, "zoo") });
  for (const line of library.unreadable) process.stderr.write(`warning: ${line}\n`);
  const page = readPageFiles(join(root, "dist", "viewer", "web"));
  const server = await startOnPort(flags.port, (port) =>
    startWatchServer({ library, page, version: flags.version, port, examine: examineRun }),
  );
  if (process.send !== undefined) {
    // `train --watch`, the parent, prints the address itself. It may have exited meanwhile.
    process.send({ address: server.address }, undefined, undefined, () => undefined);
  } else {
    printLines(process.stdout, [
      ...describe(library),
      `watch at ${server.address}`,
      "Ctrl-C stops the viewer",
    ]);
    if (flags.open && hasDesktop()) openBrowser(server.address);
  }
  lowerPriority();
  await stopRequest();
  await server.close();
  // The channel to `train --watch` would keep this process alive.
  if (process.connected) process.disconnect();
  return 0;
}

/**
 * Keeps the viewer from slowing training on the same cores, once it has started. The lowest priority is too low: while
 * training had both of two cores, the viewer needed minutes to start, instead of 3 s.
 */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not permitted on this system: keeps normal priority.
  }
}

async function startOnPort(
  portFlag: string | undefined,
  start: (port: number) => Promise<WatchServer>,
): Promise<WatchServer> {
  if (portFlag !== undefined) return start(integerFlag("--port", portFlag, 0, 65_535));
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + PORT_ATTEMPTS; port++) {
    try {
      return await start(port);
    } catch (error) {
      if (!isPortTaken(error)) throw error;
    }
  }
  throw new InputError(
    `--port: expected a free port, but ${DEFAULT_PORT} to ${DEFAULT_PORT + PORT_ATTEMPTS - 1} are in use. Choose another with --port`,
  );
}

/** Lists the sources that the viewer shows, a line for each kind. */
function describe(library: Library): string[] {
  const named = (kind: string) => library.infos.filter((info) => info.kind === kind).map(({ name }) => name);
  const count = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what}: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`];
  const lines = [
    ...count("zoo", named("zoo")),
    ...count("runs", named("run")),
    ...count("policies", named("policy")),
    ...count("episodes", named("episode")),
  ];
  const facts = library.infos.flatMap((info) => info.facts);
  const damaged = facts.filter(({ name }) => name === DAMAGE).map(({ value }) => value);
  return lines.length > 0
    ? [...lines, ...damaged]
    : ["no runs yet: showing random torques. Train with: steadyarm train --watch"];
}

/** Resolves on a signal, or when the training that started this process has exited. */
function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    if (lostParent()) resolve();
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    process.on("SIGINT", () => {
      // A terminal sends Ctrl-C to `train --watch` too, which ends this process when it has saved.
      if (process.send === undefined) resolve();
    });
    process.once("disconnect", () => resolve());
  });
}
