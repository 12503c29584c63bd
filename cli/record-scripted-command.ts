/** @file `steadyarm record --scripted`: records demonstrations of a script to a folder, for `steadyarm train --demos`. */

import { demonstrationNoise } from "../env/scripted/scripts.ts";
import { checkNewFolder, writeDemonstrations } from "../storage/demonstrations.ts";
import { playScriptedEpisodes } from "../training/scripted-episodes.ts";
import { integerFlag } from "./integer-flag.ts";
import { numberFlag } from "./number-flag.ts";
import { printLines } from "./output.ts";
import { resolveConfig } from "./run-config.ts";
import { catchStopSignals } from "./stop-signals.ts";

export interface RecordScriptedFlags {
  /** Id of the environment. */
  readonly scripted: string;
  readonly control?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly episodes: string;
  readonly seed: string;
  /** Default: the usual noise of the script. */
  readonly noise?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean;
}

/** Maximum episodes in a folder: 10 million steps. */
const MAX_EPISODES = 200_000;
/** Episodes between two lines of progress. */
const REPORT_EVERY = 100;

/**
 * Records episodes and prints the script's success rate.
 *
 * @returns 0, or 128 + signal if it was interrupted; no folder is written then
 * @throws InputError if a flag is invalid or the environment has no script; no folder is written then
 */
export async function recordScriptedCommand(flags: RecordScriptedFlags): Promise<number> {
  const seed = integerFlag("--seed", flags.seed, 0);
  const episodes = integerFlag("--episodes", flags.episodes, 1, MAX_EPISODES);
  const { scripted: id, control, set } = flags;
  const given = flags.noise === undefined ? undefined : numberFlag("--noise", flags.noise, 0, 1, "");
  const config = resolveConfig({ env: id, control, set });
  const noise = given ?? demonstrationNoise(config.env);
  const out = flags.out ?? `demos-${id}-${config.env.control}-s${seed}`;
  checkNewFolder(out);
  const signals = catchStopSignals("finishing the episode");
  const stream = flags.json === true ? process.stderr : process.stdout;
  const start = performance.now();
  try {
    const played = await playScriptedEpisodes(config, {
      seed,
      episodes,
      noise,
      onEpisode: (count, successes) => {
        if (count % REPORT_EVERY === 0 && count < episodes) {
          stream.write(`${count} of ${episodes} episodes · success_rate ${(successes / count).toFixed(2)}\n`);
        }
        return signals.stop.aborted;
      },
    });
    if (played === undefined) {
      stream.write("stopped; nothing was written\n");
      return signals.exitCode();
    }
    const facts = writeDemonstrations(
      out,
      { env: config.env, source: { kind: "script", seed, noise } },
      played.sizes,
      played.recordings,
    );
    const { successRate, steps } = facts;
    const seconds = (performance.now() - start) / 1000;
    printLines(stream, [
      `${out}: ${id} (${config.env.control}) · ${episodes} episodes, ${steps.toLocaleString("en")} steps · success_rate ${successRate.toFixed(2)} · ${Math.round(seconds)} s`,
      `Train with them: steadyarm train --env ${id} --control ${config.env.control} --demos ${out}`,
    ]);
    if (flags.json === true) {
      process.stdout.write(
        `${JSON.stringify({ folder: out, env: id, control: config.env.control, seed, noise, episodes, steps, successRate, seconds })}\n`,
      );
    }
    return 0;
  } finally {
    signals.release();
  }
}
