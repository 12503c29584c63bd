/**
 * @file Kinds of faults that were added after the causes in FAULTS: settings at either end, broken hardware, goals and
 * learners.
 *
 * Of those that are not in REQUIRED, every second in alphabetical order was kept away: its runs were diagnosed only after
 * the thresholds were final.
 */

import { withGoalOfBefore, withoutGoal, withSmallerRadius, withUnreachableGoals } from "./broken-goals.ts";
import {
  withClippedSensors,
  withDeadMotor,
  withDelay,
  withFrozenSensor,
  withGain,
  withObservationNoise,
  withStaleSensors,
} from "./broken-hardware.ts";
import { withFeeds, withFrozen, withFrozenLayer } from "./broken-learner.ts";
import type { Case } from "./case.ts";

type Kind = Omit<Case, "set"> & Partial<Pick<Case, "set">>;

const ALL: readonly Kind[] = [
  {
    name: "action-gain-low",
    meaning: "motors give 3 % of what is asked",
    cause: "weak-actions",
    env: withGain(0.03),
  },
  {
    name: "action-penalty-huge",
    meaning: "penalty on actions of 1,000",
    cause: "actor-does-nothing",
    set: { "agent.actionPenalty": 1000 },
  },
  {
    name: "actor-frozen",
    meaning: "the actor's weights stay",
    cause: "frozen-network",
    learner: withFrozen("actor"),
  },
  {
    name: "actor-layer-frozen",
    meaning: "the actor's last layer stays",
    cause: "frozen-network",
    learner: withFrozenLayer("actor", 2),
  },
  { name: "batch-of-one", meaning: "batches of 1", cause: "noisy-critic", set: { "agent.batchSize": 1 } },
  {
    name: "critic-frozen",
    meaning: "the critic's weights stay",
    cause: "frozen-network",
    learner: withFrozen("critic"),
  },
  {
    name: "critic-rate-over-100",
    meaning: "critic's learning rate 1e-5",
    cause: "critic-rate-too-low",
    set: { "agent.criticLearningRate": 1e-5 },
  },
  { name: "dead-motor", meaning: "the first motor is dead", cause: "dead-motor", env: withDeadMotor(0) },
  { name: "delay", meaning: "actions take effect 10 steps late", cause: "action-delay", env: withDelay(10) },
  {
    name: "gamma-zero",
    meaning: "γ 0.1",
    cause: "horizon-too-short",
    set: { "agent.gamma": 0.1 },
  },
  { name: "goal-missing", meaning: "zeros instead of the goal", cause: "goal-not-seen", env: withoutGoal },
  {
    name: "goal-of-before",
    meaning: "the goal of the episode before",
    cause: "goal-not-seen",
    env: withGoalOfBefore,
  },
  {
    name: "goals-unreachable",
    meaning: "goals out of reach",
    cause: "unreachable-goals",
    env: withUnreachableGoals,
  },
  {
    name: "inputs-clipped",
    meaning: "normalised inputs clipped at 0.02 standard deviations",
    cause: "bad-normalisation",
    set: { "agent.normalizeClip": 0.02 },
  },
  {
    name: "noise-only",
    meaning: "every action random",
    cause: "too-much-exploration",
    set: { "agent.exploration.randomActionProbability": 1 },
  },
  {
    name: "observation-noise",
    meaning: "observations with noise of 0.5",
    cause: "noisy-sensors",
    env: withObservationNoise(0.5),
  },
  { name: "one-unit", meaning: "one hidden unit", cause: "network-too-small", set: { "agent.hidden": [1] } },
  {
    name: "pre-activation-penalty-huge",
    meaning: "penalty on pre-activations of 1,000",
    cause: "actor-does-nothing",
    set: { "agent.preActivationPenalty": 1000 },
  },
  {
    name: "rare-updates",
    meaning: "an update every 100 steps",
    cause: "too-few-updates",
    set: { "agent.updatesPerStep": 0.01 },
  },
  {
    name: "reward-radius-small",
    meaning: "pays only within 2 mm",
    cause: "unpaid-success",
    env: withSmallerRadius(0.002),
  },
  {
    name: "sensors-clipped",
    meaning: "observations clipped at ±0.1",
    cause: "faulty-sensors",
    env: withClippedSensors(0.1),
  },
  {
    name: "sensor-frozen",
    meaning: "the first sensor shows its first value",
    cause: "faulty-sensors",
    env: withFrozenSensor(0),
  },
  {
    name: "sensors-late",
    meaning: "observations of 10 steps ago",
    cause: "action-delay",
    env: withStaleSensors(10),
  },
  {
    name: "targets-myopic",
    meaning: "targets without the value of the next state",
    cause: "wrong-targets",
    learner: withFeeds((name, values) => (name === "continues" ? values.map(() => 0) : undefined)),
  },
  {
    name: "targets-stale",
    meaning: "target networks stay as they begin",
    cause: "targets-too-slow",
    learner: withFrozen("targetActor", "targetCritic"),
  },
  {
    name: "tau-tiny",
    meaning: "τ 1e-5",
    cause: "targets-too-slow",
    set: { "agent.tau": 1e-5 },
  },
  {
    name: "warm-up-longer-than-run",
    meaning: "more random steps than steps",
    cause: "too-few-updates",
    set: { "agent.warmupSteps": 1_000_000 },
  },
];

/** Kinds that each must be named on planar2-reach. */
export const REQUIRED: readonly string[] = [
  "actor-frozen",
  "critic-rate-over-100",
  "dead-motor",
  "delay",
  "goal-missing",
  "goals-unreachable",
  "observation-noise",
  "one-unit",
  "tau-tiny",
  "warm-up-longer-than-run",
];

const CASES: readonly Case[] = ALL.map((kind) => ({ set: {}, ...kind }));
const isRequired = ({ name }: Case) => REQUIRED.includes(name);
const others = CASES.filter((each) => !isRequired(each)).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Kinds that thresholds are chosen on. */
export const OPEN_KINDS: readonly Case[] = [
  ...CASES.filter(isRequired),
  ...others.filter((_, i) => i % 2 === 0),
];

/** Kinds that were kept away until thresholds were final. */
export const KEPT_KINDS: readonly Case[] = others.filter((_, i) => i % 2 === 1);
