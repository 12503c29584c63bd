/**
 * @file Every setting of a run, declared once: range, default, unit, meaning, origin.
 *
 * The same declaration checks a file or a flag, fills in defaults, prints `steadyarm settings`, and
 * is what a run's manifest holds. Unknown keys are refused: a misspelt `tau` must not train with the default.
 */

import { z } from "zod";
import { AgentConfig } from "./agent-config.ts";
import { InputError, nearest, show, suggest } from "./errors.ts";
import { choice, flag, notes, real, type SettingNote, whole } from "./setting.ts";

const OURS = "measured here, docs/ddpg.md";

const EnvConfig = z.strictObject({
  id: z.string().min(1).default("panda-reach").register(notes, {
    expected: "an environment's name",
    meaning: "The environment, <arm>-<task>; `steadyarm envs` lists them.",
    origin: "the main job",
  }),
  reward: choice(
    ["sparse", "dense", "potential"],
    "sparse",
    "What a step pays: sparse is −1, and 0 once the goal is achieved; dense is −distance in metres; potential is sparse + γΦ′ − Φ.",
    "Fetch, panda-gym; Ng et al. 1999",
  ),
  potentialScale: real(
    { above: 0, max: 1000 },
    10,
    "The c of the potential Φ = −c · distance, per metre; γ is agent.gamma.",
    OURS,
  ),
  rewardTerms: z
    .strictObject({
      action: real({ min: 0, max: 100 }, 0, "Cost of the mean squared action, added to any reward.", "off"),
      smoothness: real(
        { min: 0, max: 100 },
        0,
        "Cost of the mean squared change of the action from the step before.",
        "off",
      ),
      jointLimit: real(
        { min: 0, max: 100 },
        0,
        "Cost of joints in the outer tenth of their half range: mean square, 1 at the limit.",
        "off",
      ),
    })
    .prefault({}),
  control: choice(
    ["torque", "velocity", "position", "ee"],
    "torque",
    "What an action asks for: joint torques, joint speeds, joint displacements, or displacements of the tool (end effector).",
    "the main job",
  ),
  gravityCompensation: flag(
    true,
    "Whether gravity is cancelled, so that an action of torques comes on top; false leaves the arm its weight.",
    "the torque interface of the Franka Panda",
  ),
  torqueScale: real(
    { above: 0, max: 1 },
    0.25,
    "Share of each joint's torque limit that an action of 1 stands for under torque control.",
    OURS,
  ),
  urdf: z
    .strictObject({
      file: z.string().default("").register(notes, {
        expected: "the path of a URDF file",
        meaning:
          "An arm from a URDF instead of one of ours; then env.id is <name>-reach, its own name if left out.",
        origin: "none",
      }),
      sha256: z
        .string()
        .regex(/^([0-9a-f]{64})?$/)
        .default("")
        .register(notes, {
          expected: "64 hexadecimal digits",
          meaning:
            "The checksum that the file must have; a run notes it down, so that it goes on with the same arm or not at all.",
          origin: "filled in when a run begins",
        }),
      tip: z.string().default("").register(notes, {
        expected: "the name of a link",
        meaning: "The tool's link; may be left out where the robot is a single chain.",
        origin: "none",
      }),
      home: z.array(z.number().min(-1000).max(1000)).max(32).default([]).register(notes, {
        expected: "a list of angles in rad, one for each joint that moves the tip, such as [0, -1.2, 1.5]",
        meaning: "Angles to start from; none for 0, or the middle of a range that does not have it.",
        origin: "none",
      }),
      armature: real(
        { min: 0, max: 100 },
        0.1,
        "Inertia of each motor's rotor as its joint feels it, kg m², for which URDF has no word.",
        "MuJoCo Menagerie, Panda",
      ),
      damping: real(
        { min: 0, max: 1000 },
        2,
        "Viscous damping of joints that have none in the file, N m s/rad.",
        "between the Panda's here",
      ),
    })
    .prefault({}),
  physics: choice(
    ["compat", "deterministic"],
    "compat",
    "Which build of Rapier: deterministic promises the same bits on every platform.",
    "one machine needs no more than compat",
  ),
});

const TrainConfig = z.strictObject({
  seed: whole({ min: 0 }, 1, "The seed that everything random is derived from.", "any"),
  steps: whole(
    { min: 1, max: 1_000_000_000 },
    20_000,
    "Environment steps to train for; the episode in which they end is finished.",
    "rl-baselines3-zoo, PandaReach",
  ),
  evaluateEvery: whole({ min: 1 }, 1000, "Steps between evaluations, at the end of an episode.", OURS),
  evaluationEpisodes: whole(
    { min: 1, max: 100_000 },
    50,
    "Episodes of an evaluation, the same seeds each time.",
    OURS,
  ),
  finalEpisodes: whole({ min: 1, max: 100_000 }, 100, "Fresh episodes of the final evaluation.", OURS),
  diagnostics: flag(
    true,
    "Whether each evaluation looks for why the actor learns or does not: docs/diagnostics.md.",
    "changes nothing that is learned",
  ),
  checkpointEvery: whole({ min: 1 }, 1000, "Steps between checkpoints, at the end of an episode.", OURS),
  keepCheckpoints: whole(
    { min: 1, max: 10_000 },
    2,
    "Newest checkpoints kept whole; each one's policy is kept for good.",
    "one to use and one to fall back on",
  ),
  stopConverged: whole(
    { min: 0, max: 10_000 },
    0,
    "Evaluations in a row with a success rate of at least 0.95 after which training ends early; 0 never.",
    "all steps are taken unless asked otherwise",
  ),
  stopHopeless: whole(
    { min: 0, max: 1_000_000_000 },
    0,
    "Steps after which training ends early if no evaluation has had any success; 0 never.",
    "all steps are taken unless asked otherwise",
  ),
});

/** All settings of a run. */
export const RunConfig = z.strictObject({
  env: EnvConfig.prefault({}),
  agent: AgentConfig.prefault({}),
  train: TrainConfig.prefault({}),
});
export type RunConfig = z.infer<typeof RunConfig>;
export type EnvConfig = RunConfig["env"];
export type TrainConfig = RunConfig["train"];

/** One setting, for help texts and documents. */
export interface Setting extends SettingNote {
  /** `agent.her.k` */
  readonly path: string;
  readonly initial: unknown;
}

/** Every setting with its notes, in the order of declaration. */
export function settings(): readonly Setting[] {
  const found: Setting[] = [];
  const visit = (schema: unknown, value: unknown, path: string) => {
    const note = schema instanceof z.ZodType ? notes.get(schema) : undefined;
    if (note !== undefined) {
      found.push({ path, initial: value, ...note });
      return;
    }
    const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
    if (!(inner instanceof z.ZodObject)) return;
    for (const [key, child] of Object.entries(inner.shape)) {
      visit(child, isRecord(value) ? value[key] : undefined, path === "" ? key : `${path}.${key}`);
    }
  };
  visit(RunConfig, RunConfig.parse({}), "");
  return found;
}

/**
 * Checks what a person wrote and fills in the defaults.
 *
 * @param input an object as parsed from YAML, JSON or flags; sections may be missing
 * @param where what it was read from, for the error
 * @returns a config of the caller's own, frozen
 * @throws InputError with one line for each fault, all at once
 */
export function parseConfig(input: unknown, where: string): RunConfig {
  const result = RunConfig.safeParse(input);
  if (!result.success) {
    // A number may break two rules, being too large and not whole: one line says both.
    const lines = new Set(result.error.issues.flatMap((issue) => explain(issue, input, where)));
    throw new InputError([...lines].join("\n"));
  }
  const conflicts = contradictions(result.data);
  if (conflicts.length > 0) throw new InputError(conflicts.map((line) => `${where}: ${line}`).join("\n"));
  return deepFreeze(result.data);
}

/** Settings that are right one by one but not together, a line each naming both. */
function contradictions(config: RunConfig): string[] {
  const lines: string[] = [];
  const { agent } = config;
  if (agent.batchSize > agent.replayCapacity) {
    lines.push(
      `agent.batchSize ${agent.batchSize} is more than agent.replayCapacity ${agent.replayCapacity} can hold; lower one or raise the other`,
    );
  }
  const { critics } = agent;
  for (const network of ["actor", "critic"] as const) {
    if (agent.layerNorm[network] && agent.batchNorm[network] !== "off") {
      lines.push(
        `agent.layerNorm.${network} and agent.batchNorm.${network} normalise the same layers; turn one of them off`,
      );
    }
  }
  if (agent.batchNorm.actor !== "off" && agent.exploration.parameterNoise > 0) {
    lines.push(
      "agent.exploration.parameterNoise would add noise to the running moments of agent.batchNorm.actor; turn one of them off",
    );
  }
  if (critics.targetMin > critics.count) {
    lines.push(
      `agent.critics.targetMin ${critics.targetMin} is more than agent.critics.count ${critics.count}; lower one or raise the other`,
    );
  }
  if (agent.replay.rewardingShare + agent.replay.movedShare > 1) {
    lines.push(
      `agent.replay.rewardingShare ${agent.replay.rewardingShare} and agent.replay.movedShare ${agent.replay.movedShare} add up to more than 1`,
    );
  }
  if (agent.replay.kind === "prioritized" && agent.replay.rewardingShare + agent.replay.movedShare > 0) {
    lines.push(
      "agent.replay.kind prioritized draws by TD error alone; set agent.replay.rewardingShare and agent.replay.movedShare to 0",
    );
  }
  return lines;
}

function explain(issue: z.core.$ZodIssue, input: unknown, where: string): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const known = settings().map((setting) => setting.path);
    const siblings = known
      .filter((name) => path.length === 0 || name.startsWith(`${path.join(".")}.`))
      .map((name) => name.split(".")[path.length] ?? name);
    return issue.keys.map((key) => {
      const full = [...path, key].join(".");
      return `${where}: unknown setting ${full}. ${suggestSetting(full, key, [...new Set(siblings)], known)}`;
    });
  }
  const value = path.reduce<unknown>(
    (node, key) => (isRecord(node) || Array.isArray(node) ? Reflect.get(node, key) : undefined),
    input,
  );
  const note = settings().find(
    ({ path: name }) => path.join(".") === name || path.join(".").startsWith(`${name}.`),
  );
  const expected = note?.expected ?? "a mapping of settings";
  return [`${where}: ${path.join(".") || "config"}: expected ${expected}, got ${show(value)}`];
}

function suggestSetting(
  full: string,
  key: string,
  siblings: readonly string[],
  known: readonly string[],
): string {
  if (key === "polyak") return 'Did you mean "agent.tau", which is 1 − polyak?';
  const sibling = nearest(key, siblings);
  if (sibling !== undefined) {
    return `Did you mean "${full.slice(0, full.length - key.length)}${sibling}"?`;
  }
  const elsewhere = known.find((name) => name.endsWith(`.${key}`)) ?? nearest(full, known);
  return elsewhere === undefined ? suggest(key, siblings) : `Did you mean "${elsewhere}"?`;
}

/**
 * Puts one `path=value` into an object of settings, making sections as needed.
 *
 * @throws InputError if it is not of that form or the path runs through a value
 */
export function setByPath(target: Record<string, unknown>, assignment: string, value: unknown): void {
  const keys = assignment.split(".");
  if (keys.some((key) => key === "" || key === "__proto__" || key === "constructor" || key === "prototype")) {
    throw new InputError(
      `--set ${assignment}: expected a setting's path such as agent.her.k, got ${show(assignment)}`,
    );
  }
  let node = target;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(node, key) ? node[key] : undefined;
    if (next === undefined) {
      const made: Record<string, unknown> = {};
      node[key] = made;
      node = made;
    } else if (isRecord(next)) node = next;
    else throw new InputError(`--set ${assignment}: ${key} is a value, not a section`);
  }
  node[keys[keys.length - 1]!] = value;
}

/** Whether a value is a plain mapping. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
