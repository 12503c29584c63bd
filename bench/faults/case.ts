/** @file The type of a case of bench/doctor.ts: a training run with a fault, or a healthy variant. */

import type { AgentState } from "../../agent/ddpg.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import type { EngineFault } from "./broken-learner.ts";
import type { Layouts } from "./broken-networks.ts";

/** A training run that differs from a preset. */
export interface Case {
  readonly name: string;
  /** The difference, in a few words. */
  readonly meaning: string;
  /** The expected verdict. */
  readonly cause: string;
  /** Other verdicts that are right: their remedies lead to the difference too. */
  readonly alsoRight?: readonly string[];
  /** The preset that it starts from; default ddpg-her. */
  readonly preset?: string;
  /** Settings by path. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Factor on the number of steps; default 1. */
  readonly stepsFactor?: number;
  /** The only environment it runs in; default all. */
  readonly only?: string;
  readonly env?: (env: GoalEnv) => GoalEnv;
  readonly networks?: (state: AgentState, layouts: Layouts) => AgentState;
  readonly learner?: EngineFault;
}

/** Settings, by path, that all cases of an environment share. */
export type EnvironmentSettings = Readonly<Record<string, unknown>> & { readonly "train.steps": number };
