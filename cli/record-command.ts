/** @file `steadyarm record`: writes an episode of a policy to a file, for `steadyarm watch`. */

import { existsSync } from "node:fs";
import { refuse, unquoted } from "../shared/errors.ts";
import { recordEpisode } from "../viewer/server/clip-recorder.ts";
import { ControlledArm } from "../viewer/server/controlled-arm.ts";
import { writeEpisode } from "../viewer/server/episode-file.ts";
import { namedSource } from "../viewer/server/sources.ts";
import { integerFlag } from "./integer-flag.ts";
import { numberFlag } from "./number-flag.ts";

export interface RecordFlags {
  readonly seed: string;
  readonly step?: string | undefined;
  readonly noise: string;
  readonly out?: string | undefined;
  readonly json?: boolean;
}

/** Throws InputError if the run, the policy or a flag is invalid; no file is written then. */
export async function recordCommand(path: string, flags: RecordFlags): Promise<number> {
  const seed = integerFlag("--seed", flags.seed, 0);
  const step = flags.step === undefined ? undefined : integerFlag("--step", flags.step, 0);
  const noise = numberFlag("--noise", flags.noise, 0, 1, "");
  const { info, createController } = namedSource(path);
  if (createController === null) {
    throw refuse(
      path,
      "a run or a policy",
      unquoted("a recorded episode"),
      `Watch it: steadyarm watch ${path}`,
    );
  }
  const out = flags.out ?? `${info.name}-s${seed}.episode`;
  if (!out.endsWith(".episode")) throw refuse("--out", "a name that ends in .episode", out);
  if (existsSync(out)) throw refuse(out, "a new file", unquoted("an existing one"), "Choose another --out");
  const controller = createController(step);
  const controlled = await ControlledArm.create(controller, path);
  try {
    const recording = recordEpisode(controlled, { seed, noise });
    const { env, step: trained } = controller;
    const { torqueScale } = controlled.arm;
    const facts = { name: info.name, env: env.id, seed, noise, step: trained, torqueScale };
    writeEpisode(out, { facts, recording });
    const { episodeReturn, successAtEnd, clip } = recording;
    const finalDistance = clip.distances[clip.moments - 1] ?? Number.NaN;
    if (flags.json === true) {
      process.stdout.write(
        `${JSON.stringify({ file: out, ...facts, episodeReturn, successAtEnd, finalDistance })}\n`,
      );
    } else {
      const end = successAtEnd
        ? "held at the end"
        : `${(finalDistance * 1000).toFixed(0)} mm from the goal at the end`;
      process.stdout.write(`${out}: ${env.id}, seed ${seed}, ${end}. Watch it: steadyarm watch ${out}\n`);
    }
    return 0;
  } finally {
    controlled.dispose();
  }
}
