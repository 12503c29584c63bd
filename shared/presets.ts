/** @file Named sets of settings: what a file or a flag may then change again. */

import { InputError, suggest } from "./errors.ts";

export interface Preset {
  readonly name: string;
  /** One sentence. */
  readonly meaning: string;
  /** As a config file would have them. */
  readonly settings: { readonly agent: Readonly<Record<string, unknown>> };
}

export const PRESETS: readonly Preset[] = [
  {
    name: "steady",
    meaning:
      "What measures best here, and the default: one critic, a penalty of 1 on the actor's pre-activations.",
    settings: { agent: {} },
  },
  {
    name: "plain",
    meaning: "A single critic with hindsight and nothing that steadies the actor: the one that oscillates.",
    settings: { agent: { preActivationPenalty: 0 } },
  },
  {
    name: "td3",
    meaning:
      "TD3 (Fujimoto et al. 2018): twin critics, target smoothing, delayed actor; with hindsight, no penalty.",
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
      "For a thing that must be moved: hindsight that is not trivial, batches from episodes in which it moved, more exploration.",
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
      "DDPG + HER as OpenAI Baselines has it: γ 0.98, an action penalty of 1, 30 % single random actions, noise 0.2.",
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

/** The settings of a preset. Throws InputError with a suggestion if there is none of that name. */
export function presetSettings(name: string): Preset["settings"] {
  const preset = PRESETS.find((each) => each.name === name);
  if (preset === undefined) {
    const names = PRESETS.map((each) => each.name);
    throw new InputError(`--preset: no preset is called ${JSON.stringify(name)}. ${suggest(name, names)}`);
  }
  return preset.settings;
}
