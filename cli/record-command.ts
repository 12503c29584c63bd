/** @file `steadyarm record`: one episode of a policy as a file, to be watched anywhere. */

import { existsSync } from "node:fs";
import { InputError, refuse } from "../shared/errors.ts";
import { recordEpisode } from "../viewer/server/clip-recorder.ts";
import { writeEpisode } from "../viewer/server/episode-file.ts";
import { PlayedArm } from "../viewer/server/played-arm.ts";
import { namedSource } from "../viewer/server/sources.ts";

export interface RecordFlags {
  readonly seed: string;
  readonly step?: string | undefined;
  readonly noise: string;
  readonly out?: string | undefined;
  readonly json?: boolean;
}

/** Throws InputError if the run, the policy or a flag is not what it should be; then no file is written. */
export async function recordCommand(path: string, flags: RecordFlags): Promise<number> {
  const seed = integerFlag("--seed", flags.seed);
  const step = flags.step === undefined ? undefined : integerFlag("--step", flags.step);
  const noise = /^\d*\.?\d+$/.test(flags.noise) ? Number(flags.noise) : Number.NaN;
  if (!(noise >= 0 && noise <= 1)) throw refuse("--noise", "a number in [0, 1]", flags.noise);
  const { info, play } = namedSource(path);
  if (play === null) throw new InputError(`${path}: it is a recording already; watch it`);
  const out = flags.out ?? `${info.name}-s${seed}.episode`;
  if (!out.endsWith(".episode")) throw refuse("--out", "a name that ends in .episode", out);
  if (existsSync(out)) throw new InputError(`${out}: it is there already. Choose another --out`);
  const player = play(step);
  const played = await PlayedArm.make(player, path);
  try {
    const recording = recordEpisode(played, { seed, noise });
    const { env, step: trained } = player;
    const { torqueScale } = played.arm;
    const about = { name: info.name, env: env.id, seed, noise, step: trained, torqueScale };
    writeEpisode(out, { facts: about, recording });
    const { episodeReturn, successAtEnd, clip } = recording;
    const finalDistance = clip.distances[clip.moments - 1] ?? Number.NaN;
    if (flags.json === true) {
      process.stdout.write(
        `${JSON.stringify({ file: out, ...about, episodeReturn, successAtEnd, finalDistance })}\n`,
      );
    } else {
      const end = successAtEnd ? "held at the end" : `${(finalDistance * 1000).toFixed(0)} mm off at the end`;
      process.stdout.write(`${out}: ${env.id}, seed ${seed}, ${end}. See it: steadyarm watch ${out}\n`);
    }
    return 0;
  } finally {
    played.dispose();
  }
}

function integerFlag(flag: string, text: string): number {
  const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw refuse(flag, "an integer ≥ 0", text);
  return value;
}
