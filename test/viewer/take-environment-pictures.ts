/**
 * @file Takes a picture of each environment for the README: `npx tsx test/viewer/take-environment-pictures.ts [FOLDER]`.
 *
 * The zoo's steady policy plays panda-reach, the scripts of env/scripted/ play the tasks with objects, and
 * policies trained here for a few seconds play the small arms. Run `npm run build` first.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer } from "../../viewer/server/watch-server.ts";
import { launchChromium } from "./chromium.ts";
import { takePicture } from "./picture-page.ts";
import { writeScript } from "./server/scripted-controller.ts";

const ROOT = join(import.meta.dirname, "../..");
const SIZE = { width: 480, height: 360 };

/** The canvas alone, without bar, cards, timeline and panel. */
const CANVAS_ONLY =
  "#bar, #timeline, #panel, #overlay { display: none } .layout { display: block } .scene { height: 100dvh }";

/** An environment at one moment of an episode. */
interface Scene {
  readonly env: string;
  readonly player: "zoo" | "script" | "trained";
  readonly seed: number;
  /** Seconds into the episode. */
  readonly time: number;
  /** Camera as in the viewer's links (viewer/web/scene/camera-presets.ts); default: the three-quarter view. */
  readonly camera?: string;
}

const SCENES: readonly Scene[] = [
  { env: "panda-reach", player: "zoo", seed: 3, time: 0.14 },
  { env: "panda-push", player: "script", seed: 3, time: 0.6 },
  { env: "panda-slide", player: "script", seed: 3, time: 0.5 },
  {
    env: "panda-gripper-pick-and-place",
    player: "script",
    seed: 7,
    time: 1.2,
    camera: "150_-130_100_45_0_25",
  },
  { env: "arm3-push", player: "script", seed: 3, time: 0.56 },
  { env: "arm3-reach", player: "trained", seed: 3, time: 0.14 },
  { env: "planar3-reach", player: "trained", seed: 3, time: 0.14 },
  { env: "planar2-reach", player: "trained", seed: 3, time: 0.14 },
];

/** Enough for the small arms to reach most goals. */
const TRAINING_STEPS = 3000;

function train(env: string, run: string): void {
  const words = ["train", "--env", env, "--steps", `${TRAINING_STEPS}`, "--seed", "1", "--out", run];
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...words], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`training ${env} failed: ${stderr}`);
}

/** Creates the policy or recording of a scene where there is none; returns its path and its id in the viewer's library. */
async function prepareSource(
  { env, player, seed }: Scene,
  folder: string,
): Promise<{ path: string; id: string }> {
  if (player === "zoo") return { path: join(ROOT, "zoo/panda-reach-steady"), id: "zoo:panda-reach-steady" };
  if (player === "trained") {
    train(env, join(folder, env));
    return { path: join(folder, env), id: `run:${env}` };
  }
  const path = join(folder, `${env}.episode`);
  await writeScript(path, env, seed);
  return { path, id: `episode:${env}` };
}

const [target = join(ROOT, "docs/images")] = process.argv.slice(2);
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "steadyarm-pictures-"));
const sources: { path: string; id: string }[] = [];
for (const scene of SCENES) sources.push(await prepareSource(scene, folder));

const browser = await launchChromium();
const server = await startWatchServer({
  library: new Library({ named: sources.map(({ path }) => path), runs: folder, zoo: folder }),
  page: readPageFiles(join(ROOT, "dist/viewer/web")),
  version: "",
  port: 0,
});
try {
  for (const [i, { env, player, seed, time, camera }] of SCENES.entries()) {
    const query = new URLSearchParams({ slot: sources[i]?.id ?? "", fine: "1", t: time.toFixed(2) });
    // A recording has its own seed.
    if (player !== "script") query.set("seed", `${seed}`);
    if (camera !== undefined) query.set("cam", camera);
    const picture = {
      name: `env-${env}`,
      query: query.toString(),
      // The page's security policy forbids added styles.
      options: { viewport: SIZE, colorScheme: "light", bypassCSP: true },
      prepare: async (page: Page) => void (await page.addStyleTag({ content: CANVAS_ONLY })),
    } as const;
    await takePicture(browser, server.address, picture, target);
  }
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
