/**
 * @file Kinds of faults whose author did not know how the doctor works: they measure it on what its rules were not made for.
 *
 * A cause that the doctor has no name for counts only by `alsoRight`.
 */

import { withFeeds } from "./broken-learner.ts";
import type { Case } from "./case.ts";
import {
  withDrift,
  withHeldActions,
  withMotorsInParallel,
  withObservationsOfLastEpisode,
  withOffsetsDrawnAtReset,
  withSignsDrawnAtReset,
} from "./miswired-arm.ts";
import {
  withActionsOfOtherRows,
  withFirstBatchOnly,
  withForeignStatistics,
  withGoalsOfOtherRows,
  withRestarts,
  withReversedUpdate,
} from "./miswired-learner.ts";
import {
  withGoalInTurnedFrame,
  withRewardForOneAxis,
  withSafetyStop,
  withWanderingGoal,
} from "./miswired-task.ts";

const SETTINGS: readonly Case[] = [
  {
    name: "reward-scale-tiny",
    meaning: "rewards times 1e-4",
    cause: "actor-does-nothing",
    set: { "agent.rewardScale": 1e-4 },
  },
  {
    name: "posture-cost-huge",
    meaning: "preset plain, dense reward, posture cost of 100",
    cause: "actor-does-nothing",
    alsoRight: ["costs-outweigh-goal"],
    preset: "plain",
    set: { "env.reward": "dense", "env.rewardTerms.posture": 100 },
  },
  {
    name: "critic-gradient-clipped-away",
    meaning: "critic's gradient clipped to 1e-10, below Adam's epsilon",
    cause: "critic-rate-too-low",
    alsoRight: ["frozen-network"],
    set: { "agent.gradientClip.critic": 1e-10 },
  },
  {
    name: "policy-delay-huge",
    meaning: "preset td3, actor and targets updated every 1,000 updates",
    cause: "too-few-updates",
    alsoRight: ["actor-rate-too-low", "targets-too-slow"],
    preset: "td3",
    set: { "agent.actorEvery": 1000 },
  },
  {
    name: "batch-norm-untracked",
    meaning: "batch normalisation of the actor whose running statistics hardly move",
    cause: "untracked-statistics",
    set: { "agent.batchNorm.actor": "batch", "agent.batchNorm.rate": 1e-6 },
  },
  {
    name: "deep-bottleneck",
    meaning: "eight hidden layers of 3 units",
    cause: "network-too-small",
    alsoRight: ["dead-units"],
    set: { "agent.hidden": [3, 3, 3, 3, 3, 3, 3, 3] },
  },
];

const ENVS: readonly Case[] = [
  {
    name: "motors-in-parallel",
    meaning: "all motors receive the first action",
    cause: "dead-motor",
    alsoRight: ["wrong-wiring"],
    set: {},
    env: withMotorsInParallel,
  },
  {
    name: "motor-signs-by-reset",
    meaning: "the motors' signs are drawn at each reset",
    cause: "changing-motor",
    alsoRight: ["dead-motor", "wrong-wiring"],
    set: {},
    env: withSignsDrawnAtReset,
  },
  {
    name: "actions-held",
    meaning: "a new action is taken every 10th step only",
    cause: "action-delay",
    alsoRight: ["dead-motor"],
    set: {},
    env: withHeldActions(10),
  },
  {
    name: "sensors-drift",
    meaning: "observations drift by 0.002 a step for the whole run",
    cause: "faulty-sensors",
    set: {},
    env: withDrift(0.002),
  },
  {
    name: "encoders-not-homed",
    meaning: "offsets of observations drawn at each reset",
    cause: "faulty-sensors",
    set: {},
    env: withOffsetsDrawnAtReset(1),
  },
  {
    name: "observations-of-last-episode",
    meaning: "observations of the episode before",
    cause: "faulty-sensors",
    set: {},
    env: withObservationsOfLastEpisode,
  },
  {
    name: "goal-wanders",
    meaning: "the goal moves away by 5 mm a step after the agent has seen it",
    cause: "goal-not-seen",
    set: {},
    env: withWanderingGoal(0.005),
  },
  {
    name: "goal-in-turned-frame",
    meaning: "desired goals in a frame turned by 90°",
    cause: "goal-not-seen",
    alsoRight: ["wrong-goals"],
    set: {},
    env: withGoalInTurnedFrame,
  },
  {
    name: "reward-for-one-axis",
    meaning: "rewards the first coordinate only",
    cause: "unpaid-success",
    set: {},
    env: withRewardForOneAxis,
  },
  {
    name: "safety-stop",
    meaning: "terminates when the tool moves by more than 2 cm a step",
    cause: "termination-pays",
    alsoRight: ["wrong-reward-sign", "early-termination"],
    set: {},
    env: withSafetyStop(0.02),
  },
];

const LEARNERS: readonly Case[] = [
  {
    name: "batch-goals-shifted",
    meaning: "networks are trained with the goals of another row",
    cause: "misaligned-batch",
    alsoRight: ["goal-not-seen", "relabelling-fault", "wrong-targets"],
    set: {},
    learner: withGoalsOfOtherRows,
  },
  {
    name: "batch-actions-shifted",
    meaning: "the critic is trained with the actions of another row",
    cause: "misaligned-batch",
    alsoRight: ["wrong-targets"],
    set: {},
    learner: withActionsOfOtherRows,
  },
  {
    name: "discount-above-one",
    meaning: "targets discount by 1.9",
    cause: "wrong-targets",
    alsoRight: ["horizon-too-long"],
    set: {},
    learner: withFeeds((name, values) => (name === "continues" ? values.map((x) => 2 * x) : undefined)),
  },
  {
    name: "first-batch-only",
    meaning: "every update is on the first batch",
    cause: "replay-too-small",
    set: {},
    learner: withFirstBatchOnly,
  },
  {
    name: "actor-reversed",
    meaning: "preset plain, the actor moves against its update",
    cause: "actor-against-critic",
    preset: "plain",
    set: {},
    learner: withReversedUpdate("actor"),
  },
  {
    name: "critic-layer-reversed",
    meaning: "the critic's second layer moves against its update",
    cause: "reversed-update",
    alsoRight: ["wrong-targets"],
    set: {},
    learner: withReversedUpdate("critic", 1),
  },
  {
    name: "actor-restarts",
    meaning: "the actor starts again every 50 updates",
    cause: "restarting-network",
    alsoRight: ["frozen-network"],
    set: {},
    learner: withRestarts("actor", 50),
  },
  {
    name: "statistics-of-another-robot",
    meaning: "inputs normalised by a mean of 10 and a std of 100",
    cause: "coarse-inputs",
    alsoRight: ["bad-normalisation"],
    set: {},
    networks: withForeignStatistics(10, 100),
  },
];

/** Kinds that the doctor has never been run on while it was written. */
export const UNSEEN_KINDS: readonly Case[] = [...SETTINGS, ...ENVS, ...LEARNERS];
