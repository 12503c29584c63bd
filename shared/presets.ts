/** @file Presets: named sets of settings, which config files and flags override. */

import { refuse, suggest } from "./errors.ts";

export interface Preset {
  readonly name: string;
  /** One sentence. */
  readonly meaning: string;
  /** In the structure of a config file. */
  readonly settings: {
    readonly agent: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, unknown>>;
    readonly train?: Readonly<Record<string, unknown>>;
  };
  /** The task that `steadyarm train` takes this preset for if none is named. */
  readonly task?: string;
  /** It is taken only with demonstrations, and then before a preset without this. */
  readonly forDemonstrations?: true;
}

const OBJECTS = {
  tau: 0.05,
  updatesPerStep: 0.5,
  preActivationPenalty: 0.02,
  replay: { movedShare: 0.5 },
  her: { skipTrivial: true, goalDither: 0.05 },
  exploration: { noiseScale: 0.15, randomActionProbability: 0.25 },
};

/** Twice the updates, which a layer-normalised pair of critics tolerates, and an actor that swings less. */
const EFFICIENT = {
  ...OBJECTS,
  actorAveraging: 0.001,
  updatesPerStep: 1,
  critics: { count: 2, targetMin: 2 },
  layerNorm: { critic: true },
};

/**
 * Ends at the third evaluation in a row that counts as solved; the swings between evaluations make a choice worthwhile.
 * An evaluation of 50 episodes is half as many steps as lie between two of them.
 */
const UNTIL_SOLVED = {
  steps: 300_000,
  evaluateEvery: 5000,
  stopConverged: 3,
  convergedRate: 0.98,
  keepBest: 3,
};

/** Demonstrations show long ways of the object, so random actions and near starts are needed in the beginning only. */
const FROM_DEMONSTRATIONS = {
  agent: { ...EFFICIENT, exploration: { ...OBJECTS.exploration, decaySteps: 40_000 } },
  env: { nearStarts: 0 },
  train: { ...UNTIL_SOLVED, convergedRate: 1 },
};

/** Name of the preset of a task without one of its own. */
export const DEFAULT_PRESET = "steady";

export const PRESETS: readonly Preset[] = [
  {
    name: DEFAULT_PRESET,
    meaning:
      "For reaching: ddpg-her for 30,000 steps with three settings that make a policy hold its goal for minutes: carried-over starts, a posture cost, an averaged actor.",
    settings: {
      agent: { actorAveraging: 0.001 },
      env: { rewardTerms: { posture: 5 } },
      train: { steps: 30_000, carryOver: { probability: 0.97 } },
    },
  },
  {
    name: "ddpg-her",
    meaning:
      "The settings' defaults: DDPG + HER with a penalty on the actor's pre-activations, which prevents oscillation.",
    settings: { agent: {} },
  },
  {
    name: "plain",
    meaning: "ddpg-her without that penalty: the actor saturates and oscillates.",
    settings: { agent: { preActivationPenalty: 0 } },
  },
  {
    name: "td3",
    meaning:
      "TD3 + HER (Fujimoto et al. 2018): two critics, target policy smoothing, policy delay 2, no penalty.",
    settings: {
      agent: {
        preActivationPenalty: 0,
        critics: { count: 2, targetMin: 2, actorUses: "first" },
        targetSmoothing: { scale: 0.2, clip: 0.5 },
        actorEvery: 2,
      },
    },
  },
  {
    name: "objects",
    meaning:
      "For tasks with an object: HER skips goals already achieved, half of each batch is from episodes that moved the object, more exploration.",
    settings: { agent: OBJECTS },
  },
  {
    name: "push",
    task: "push",
    meaning:
      "For pushing: objects with two layer-normalised critics and an update each step; up to 300,000 steps, until solved.",
    settings: { agent: EFFICIENT, train: UNTIL_SOLVED },
  },
  {
    name: "push-demos",
    task: "push",
    forDemonstrations: true,
    meaning:
      "For pushing with demonstrations: push with exploration that falls to a tenth in 40,000 steps, without near starts; 120,000 steps.",
    settings: { ...FROM_DEMONSTRATIONS, train: { ...FROM_DEMONSTRATIONS.train, steps: 120_000 } },
  },
  {
    name: "slide",
    task: "slide",
    meaning: "For sliding: the settings of push; give it demonstrations (--demos).",
    settings: { agent: EFFICIENT, train: UNTIL_SOLVED },
  },
  {
    name: "slide-demos",
    task: "slide",
    forDemonstrations: true,
    meaning: "For sliding with demonstrations: the settings of push-demos; 80,000 steps.",
    settings: { ...FROM_DEMONSTRATIONS, train: { ...FROM_DEMONSTRATIONS.train, steps: 80_000 } },
  },
  {
    name: "pick-and-place",
    task: "pick-and-place",
    meaning: "For pick-and-place: the settings of push; give it demonstrations (--demos).",
    settings: { agent: EFFICIENT, train: UNTIL_SOLVED },
  },
  {
    name: "her-2017",
    meaning:
      "DDPG + HER as in OpenAI Baselines: γ 0.98, action penalty 1, 30 % random actions, noise 0.2, 3 × 256 units.",
    settings: {
      agent: {
        gamma: 0.98,
        hidden: [256, 256, 256],
        preActivationPenalty: 0,
        actionPenalty: 1,
        exploration: { noiseScale: 0.2, randomActionProbability: 0.3, randomActionHold: 1 },
      },
    },
  },
];

/** Returns the name of the preset for a task, with demonstrations or without. */
export function presetOfTask(task: string, hasDemonstrations = false): string {
  const ofTask = PRESETS.filter((preset) => preset.task === task);
  const chosen =
    ofTask.find(({ forDemonstrations = false }) => forDemonstrations && hasDemonstrations) ??
    ofTask.find(({ forDemonstrations = false }) => !forDemonstrations);
  return chosen?.name ?? DEFAULT_PRESET;
}

/** Returns the settings of a preset. Throws InputError with a suggestion for an unknown name. */
export function presetSettings(name: string): Preset["settings"] {
  const preset = PRESETS.find((each) => each.name === name);
  if (preset === undefined) {
    const names = PRESETS.map((each) => each.name);
    throw refuse("--preset", "a preset's name", name, suggest(name, names));
  }
  return preset.settings;
}
