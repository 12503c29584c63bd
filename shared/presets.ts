/** @file Presets: named sets of agent settings, which config files and flags override. */

import { refuse, suggest } from "./errors.ts";

export interface Preset {
  readonly name: string;
  /** One sentence. */
  readonly meaning: string;
  /** In the structure of a config file. */
  readonly settings: { readonly agent: Readonly<Record<string, unknown>> };
}

export const PRESETS: readonly Preset[] = [
  {
    name: "steady",
    meaning:
      "The defaults: DDPG + HER with a penalty on the actor's pre-activations, which prevents oscillation.",
    settings: { agent: {} },
  },
  {
    name: "plain",
    meaning: "The defaults without that penalty: the actor saturates and oscillates.",
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
    settings: {
      agent: {
        tau: 0.05,
        updatesPerStep: 0.5,
        preActivationPenalty: 0.02,
        replay: { movedShare: 0.5 },
        her: { skipTrivial: true, goalDither: 0.05 },
        exploration: { noiseScale: 0.15, randomActionProbability: 0.25 },
      },
    },
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

/** Returns the settings of a preset. Throws InputError with a suggestion for an unknown name. */
export function presetSettings(name: string): Preset["settings"] {
  const preset = PRESETS.find((each) => each.name === name);
  if (preset === undefined) {
    const names = PRESETS.map((each) => each.name);
    throw refuse("--preset", "a preset's name", name, suggest(name, names));
  }
  return preset.settings;
}
