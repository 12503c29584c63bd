/** @file Remedies: named changes of settings to the plain preset, shared by the cases and bench/remedies.ts. */

import { join } from "node:path";
import { parseConfig, type RunConfig, setByPath } from "../../shared/config.ts";
import { presetSettings } from "../../shared/presets.ts";

/** The preset that remedies modify: DDPG + HER with a single critic and no stabilisers. */
export const BASE_PRESET = "plain";

export interface Remedy {
  /** Identifies the run folder, so that `name` can be reworded. Default: the name. */
  readonly id?: string;
  readonly name: string;
  /** Settings by path, as in `--set`. */
  readonly settings: Readonly<Record<string, number | boolean | string | readonly number[]>>;
}

/** The plain preset itself, the baseline. */
export const PLAIN: Remedy = { name: "plain", settings: {} };

/** Single remedies. */
export const REMEDIES = {
  penalty: {
    name: "pre-activation penalty 1 (steady)",
    settings: { "agent.preActivationPenalty": 1 },
  },
  actionPenalty: { name: "action penalty 1", settings: { "agent.actionPenalty": 1 } },
  inverted: { name: "inverted gradients", settings: { "agent.invertGradients": true } },
  noTargets: { name: "no target networks", settings: { "agent.targetNetworks": false } },
  slowTargets: { name: "slower targets, τ 0.005", settings: { "agent.tau": 0.005 } },
  clipping: {
    name: "gradient clipping, norm 0.1 both",
    settings: { "agent.gradientClip.actor": 0.1, "agent.gradientClip.critic": 0.1 },
  },
  twin: {
    id: "twin critics, least of 2",
    name: "twin critics, minimum of 2",
    settings: { "agent.critics.count": 2, "agent.critics.targetMin": 2 },
  },
  ensemble: {
    id: "5 critics, least of 2 drawn",
    name: "5 critics, minimum of 2 random ones",
    settings: { "agent.critics.count": 5, "agent.critics.targetMin": 2 },
  },
  smoothing: { name: "target smoothing 0.2", settings: { "agent.targetSmoothing.scale": 0.2 } },
  delayed: {
    id: "delayed actor, every 2nd",
    name: "policy delay 2",
    settings: { "agent.actorEvery": 2 },
  },
  td3: {
    id: "TD3: the three together",
    name: "TD3: twin critics, smoothing, delay",
    settings: {
      "agent.critics.count": 2,
      "agent.critics.targetMin": 2,
      "agent.critics.actorUses": "first",
      "agent.targetSmoothing.scale": 0.2,
      "agent.actorEvery": 2,
    },
  },
  criticLayerNorm: { name: "layer norm, critic", settings: { "agent.layerNorm.critic": true } },
  layerNorm: {
    name: "layer norm, actor and critic",
    settings: { "agent.layerNorm.critic": true, "agent.layerNorm.actor": true },
  },
  batchNorm: {
    name: "batch norm, actor and critic",
    settings: { "agent.batchNorm.actor": "batch", "agent.batchNorm.critic": "batch" },
  },
  crossq: {
    name: "CrossQ: batch renorm in the critic, no targets",
    settings: { "agent.batchNorm.critic": "renorm", "agent.targetNetworks": false },
  },
  rewardScale: { name: "reward × 0.1", settings: { "agent.rewardScale": 0.1 } },
  returns: { name: "returns normalised", settings: { "agent.normalizeReturns": true } },
  threeStep: { name: "3-step returns", settings: { "agent.nStep": 3 } },
  // 50 steps are a complete episode, so the bootstrap term is weighted by γ⁵⁰ = 0.08. A small γ would also reduce
  // bootstrapping, but would change the objective.
  monteCarlo: { name: "Monte-Carlo returns", settings: { "agent.nStep": 50 } },
  prioritized: { name: "prioritised replay", settings: { "agent.replay.kind": "prioritized" } },
  rewarding: {
    name: "half of each batch from rewarding episodes",
    settings: { "agent.replay.rewardingShare": 0.5 },
  },
  dense: { name: "dense reward", settings: { "env.reward": "dense" } },
  potential: { name: "potential-shaped reward", settings: { "env.reward": "potential" } },
  gaussianAlone: {
    name: "no random actions",
    settings: { "agent.exploration.randomActionProbability": 0 },
  },
  greedyAlone: { name: "random actions alone", settings: { "agent.exploration.noiseScale": 0 } },
  ou: {
    name: "Ornstein–Uhlenbeck noise 0.2",
    settings: { "agent.exploration.noise": "ou", "agent.exploration.noiseScale": 0.2 },
  },
  ouAlone: {
    name: "Ornstein–Uhlenbeck noise 0.2 alone",
    settings: {
      "agent.exploration.noise": "ou",
      "agent.exploration.noiseScale": 0.2,
      "agent.exploration.randomActionProbability": 0,
    },
  },
  parameterNoise: {
    id: "parameter noise 0.1 instead",
    name: "parameter noise 0.1 alone",
    settings: {
      "agent.exploration.parameterNoise": 0.1,
      "agent.exploration.noiseScale": 0,
      "agent.exploration.randomActionProbability": 0,
    },
  },
  noExploration: {
    name: "no exploration",
    settings: { "agent.exploration.noiseScale": 0, "agent.exploration.randomActionProbability": 0 },
  },
  notNormalized: { name: "inputs not normalised", settings: { "agent.normalize": false } },
  largeStart: { name: "last layer's weights ± 0.3", settings: { "agent.lastLayerInit": 0.3 } },
  unclipped: { name: "unclipped targets", settings: { "agent.clipTargets": false } },
  slowActor: { name: "actor's learning rate 1e-4", settings: { "agent.actorLearningRate": 1e-4 } },
  wide: { name: "2×256 units", settings: { "agent.hidden": [256, 256] } },
  noHindsight: { name: "hindsight off", settings: { "agent.her.k": 0 } },
} as const satisfies Readonly<Record<string, Remedy>>;

/** Used only in combinations. */
export const MORE_RANDOM_ACTIONS: Remedy = {
  name: "30 % random actions",
  settings: { "agent.exploration.randomActionProbability": 0.3 },
};

/** The combination of two remedies. */
export function both(first: Remedy, second: Remedy): Remedy {
  return {
    id: `${remedyId(first)}, ${remedyId(second)}`,
    name: `${first.name}, ${second.name}`,
    settings: { ...first.settings, ...second.settings },
  };
}

export function remedyId({ id, name }: Remedy): string {
  return id ?? name;
}

/** The config of a remedy applied to the plain preset. */
export function remedyConfig({ name, settings }: Remedy, seed: number, steps: number): RunConfig {
  const input: Record<string, unknown> = { ...structuredClone(presetSettings(BASE_PRESET)) };
  setByPath(input, "train.seed", seed);
  setByPath(input, "train.steps", steps);
  for (const [path, value] of Object.entries(settings)) setByPath(input, path, value);
  return parseConfig(input, name);
}

/** The run folder of a remedy and seed. */
export function remedyRun(root: string, remedy: Remedy, seed: number): string {
  const folder = remedyId(remedy)
    .replaceAll(/[^a-z0-9]+/gi, "-")
    .replaceAll(/^-|-$/g, "");
  return join(root, folder, `s${seed}`);
}
