/** @file `steadyarm record`: writes an episode of a policy to a file, for `steadyarm watch`, or demonstrations. */

import { existsSync } from "node:fs";
import { refuse, unquoted } from "../shared/errors.ts";
import { recordEpisode } from "../viewer/server/clip-recorder.ts";
import { ControlledArm } from "../viewer/server/controlled-arm.ts";
import { writeEpisode } from "../viewer/server/episode-file.ts";
import { namedSource } from "../viewer/server/sources.ts";
import { integerFlag } from "./integer-flag.ts";
import { numberFlag } from "./number-flag.ts";
import { printLines } from "./output.ts";
import { recordScriptedCommand } from "./record-scripted-command.ts";

export interface RecordFlags {
  readonly seed: string;
  readonly step?: string | undefined;
  readonly noise?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean;
  /** The environment whose script is recorded, instead of a policy. */
  readonly scripted?: string | undefined;
  readonly control?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly episodes?: string | undefined;
}

/** Default with --scripted. */
const EPISODES = "400";

/** Records what the flags ask for. Throws InputError if they do not fit together. */
export async function recordCommand(path: string | undefined, flags: RecordFlags): Promise<number> {
  const { scripted, episodes = EPISODES } = flags;
  if (scripted !== undefined) {
    if (path !== undefined) throw refuse(path, "no run with --scripted", unquoted("one"));
    if (flags.step !== undefined) throw refuse("--step", "no step with --scripted", flags.step);
    return recordScriptedCommand({ ...flags, scripted, episodes });
  }
  if (path === undefined) {
    throw refuse("record", "a run, or --scripted <env>", unquoted("neither"), "steadyarm record runs/x");
  }
  const others = (["control", "set", "episodes"] as const).filter((name) => flags[name] !== undefined);
  if (others.length > 0) {
    throw refuse(`--${others[0]}`, "it with --scripted only", unquoted("a run"));
  }
  return recordPolicy(path, flags);
}

/** Throws InputError if the run, the policy or a flag is invalid; no file is written then. */
async function recordPolicy(path: string, flags: RecordFlags): Promise<number> {
  const seed = integerFlag("--seed", flags.seed, 0);
  const step = flags.step === undefined ? undefined : integerFlag("--step", flags.step, 0);
  const noise = numberFlag("--noise", flags.noise ?? "0", 0, 1, "");
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
      printLines(process.stdout, [
        `${out}: ${env.id}, seed ${seed}, ${end}. Watch it: steadyarm watch ${out}`,
      ]);
    }
    return 0;
  } finally {
    controlled.dispose();
  }
}
