/**
 * @file Opens the person's browser, where there is a desktop to open it on.
 *
 * The address has a secret in it, and a program's words can be read by everybody on the machine (`ps`).
 * So the browser is handed a file that only this person can read, and that leads to the address.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether there is a person with a screen: a terminal, and a desktop it belongs to. */
export function hasDesktop(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = process.env;
  if (!process.stdout.isTTY || process.env["CI"] !== undefined) return false;
  if (process.platform === "darwin" || process.platform === "win32") return SSH_CONNECTION === undefined;
  return Boolean(DISPLAY) || Boolean(WAYLAND_DISPLAY);
}

/** Opens an address; a browser that cannot be found is no fault: the address was printed. */
export function openBrowser(address: string): void {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "watch.html");
  writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0;url=${address}">\n`, {
    mode: 0o600,
  });
  const [program, ...words] =
    process.platform === "darwin"
      ? ["open", file]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", file]
        : ["xdg-open", file];
  const child = spawn(program ?? "", words, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
