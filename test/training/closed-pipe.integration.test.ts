import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("a progress line does not end the process when the reader of its pipe exits", async () => {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, "reporting-child.ts")],
    {
      env: { ...process.env, TSX_DISABLE_CACHE: "1" },
    },
  );
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  child.stdout.once("data", () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.once("close", resolve));
  expect(errors).toBe("trained to the end\n");
  expect(status).toBe(0);
});
