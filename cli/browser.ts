/**
 * @file Opens the user's browser.
 *
 * The address contains a secret token, and any user of the machine can read the arguments of a process (`ps`). So the
 * browser opens a file, readable by its owner only, that redirects to the address.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Returns whether this is a terminal on a local desktop. */
export function hasDesktop(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = process.env;
  if (!process.stdout.isTTY || process.env["CI"] !== undefined) return false;
  if (process.platform === "darwin" || process.platform === "win32") return SSH_CONNECTION === undefined;
  return Boolean(DISPLAY) || Boolean(WAYLAND_DISPLAY);
}

/** Opens an address. Ignores a missing browser or a full disk, since the address is printed as well. */
export function openBrowser(address: string): void {
  try {
    openRedirect(address);
  } catch {
    // The temporary folder is not writable, or no process can be started.
  }
}

function openRedirect(address: string): void {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "watch.html");
  writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0;url=${address}">\n`, {
    mode: 0o600,
  });
  const [program, ...args] =
    process.platform === "darwin"
      ? ["open", file]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", file]
        : ["xdg-open", file];
  const child = spawn(program ?? "", args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
