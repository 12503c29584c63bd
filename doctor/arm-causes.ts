/** @file Causes in the arm: motors and sensors that do not do what the intact environment's do. */

import { type Cause, DOWNSTREAM, over, under } from "./cause.ts";

/** Why a difference is a proof. */
const EXACT = "by definition 0: seed and actions determine an episode";

/** Commands and the actions that the motors make of them are related by a law. */
const LAWFUL = over("exam/motors_explained", 0.9, "variance of the effective actions that commands explain");
/** The motors have been examined exactly, so the response to random actions says no more of them. */
const EXAMINED = over("exam/motors_explained", -1, "the effective actions are known");
const LAWLESS = under(
  "exam/motors_explained",
  0.9,
  "variance of the effective actions that commands explain; by definition 1",
);

const EFFECTIVE =
  "factor from commands to the actions with which the intact arm moves as this one; by definition 1";

const INTACT = "relative to random actions in the intact environment";

export const ARM_CAUSES: readonly Cause[] = [
  {
    name: "noisy-sensors",
    differsIn: ["sensors"],
    origins: ["environment"],
    title: "noisy observations",
    patterns: [
      {
        all: [over("exam/input_noise", 3, `${INTACT}; by definition 1 for intact sensors`)],
        confidence: 0.94,
      },
    ],
    supports: [],
    effects: [
      ...DOWNSTREAM,
      "weak-actions",
      "dead-motor",
      "action-delay",
      "wrong-wiring",
      "faulty-sensors",
      "wrong-achieved-goal",
    ],
    explanation:
      "Observations jump from step to step by more than the arm can move, so states that differ look alike.",
    fixes: [],
    remedy: "Filter the sensors, or remove the noise from the environment's observations",
  },
  {
    name: "faulty-sensors",
    differsIn: ["sensors"],
    origins: ["environment"],
    title: "sensors do not show the arm",
    patterns: [
      {
        all: [
          over(
            "exam/other_sensors",
            0.5,
            `of stored episodes, played again: other observations of the same motion; ${EXACT}`,
          ),
          under("exam/input_noise", 3, "and no noise"),
        ],
        confidence: 0.8,
      },
      {
        all: [
          over("exam/frozen_inputs", 0.5, "numbers that vary in the intact environment and not in the run"),
        ],
        confidence: 0.9,
        proves: true,
      },
      {
        all: [
          over(
            "exam/clipped_inputs",
            0.5,
            "numbers that are often at exactly their largest or smallest value",
          ),
        ],
        confidence: 0.9,
        proves: true,
      },
      {
        all: [over("exam/coarse_inputs", 0.5, "numbers with fewer values than a tenth of their samples")],
        confidence: 0.9,
      },
      {
        all: [
          under("exam/achieved_seen", 0.3, "observations do not show the achieved goal; by definition 1"),
          under("exam/dynamics", 0.7, "nor how the arm moves; by definition 1"),
          under("exam/action_delay", 2.5, "and actions do not take effect late"),
        ],
        confidence: 0.93,
      },
    ],
    supports: [],
    effects: [
      ...DOWNSTREAM,
      "weak-actions",
      "dead-motor",
      "action-delay",
      "wrong-wiring",
      "wrong-achieved-goal",
    ],
    explanation:
      "Some numbers of the observation do not follow the arm, so the networks cannot see its state.",
    fixes: [],
    remedy:
      "Check the sensors: offsets, drift, stale or frozen numbers, resolution, the bounds that they are clipped to",
  },
  {
    name: "dead-motor",
    differsIn: ["motion"],
    origins: ["environment"],
    title: "a motor that moves nothing",
    patterns: [
      {
        all: [
          LAWFUL,
          under("exam/motor_least_gain", 0.01, EFFECTIVE),
          over("exam/motor_least_gain", -0.01, "and not the wrong sign"),
        ],
        confidence: 0.96,
        proves: true,
      },
      {
        all: [over("exam/dead_actions", 0.5, `actions with less than 0.3 of the response, ${INTACT}`)],
        unless: LAWFUL,
        confidence: 0.92,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "weak-actions", "wrong-wiring"],
    explanation:
      "At least one number of the action has no effect on what is observed, so goals are out of reach.",
    fixes: [],
    remedy: "Check the motors and the order of the actions",
  },
  {
    name: "action-delay",
    differsIn: ["motion", "sensors"],
    origins: ["environment", "settings"],
    title: "actions take effect late",
    patterns: [
      {
        all: [
          LAWFUL,
          over("exam/motor_delay", 0.5, "steps from a command to the same effective action; by definition 0"),
        ],
        confidence: 0.96,
        proves: true,
      },
      {
        all: [
          over(
            "exam/action_delay",
            2.5,
            `steps, ${INTACT}; a delay makes states incomplete (Katsikopoulos & Engelbrecht 2003)`,
          ),
        ],
        confidence: 0.92,
      },
      {
        all: [over("exam/response_lag", 4.5, "steps; built-in arms respond within 2")],
        confidence: 0.8,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "weak-actions", "wrong-wiring"],
    explanation:
      "The largest response to an action comes steps later than it should, or is seen later, so a state and an action do not determine the next state.",
    fixes: [],
    remedy: "Remove the delay, or add the last actions to the observation",
  },
  {
    name: "weak-actions",
    differsIn: ["motion"],
    origins: ["environment"],
    title: "actions move the arm too little",
    patterns: [
      {
        all: [
          LAWFUL,
          under("exam/motor_least_gain", 0.75, EFFECTIVE),
          over("exam/motor_least_gain", 0.01, "but moves"),
        ],
        confidence: 0.95,
        proves: true,
      },
      {
        all: [under("exam/action_gain", 0.3, `response per unit of action, ${INTACT}; by definition 1`)],
        unless: EXAMINED,
        confidence: 0.9,
      },
      {
        all: [
          under(
            "exam/repeated_motion",
            0.3,
            `motion in the newest episodes, over that in the intact environment`,
          ),
        ],
        confidence: 0.85,
      },
    ],
    supports: [
      {
        ...over(
          "exam/trivial_hindsight",
          0.9,
          "almost every relabelled goal is achieved already: nothing moves",
        ),
        adds: 0.05,
      },
    ],
    effects: DOWNSTREAM,
    explanation:
      "The largest action moves the arm by a fraction of what it should, so goals are out of reach in an episode.",
    fixes: [],
    remedy: "Check the gain of the motors and env.torqueScale",
  },
  {
    name: "wrong-wiring",
    differsIn: ["motion", "sensors"],
    origins: ["environment"],
    title: "actions move the arm in another direction",
    patterns: [
      { all: [LAWFUL, under("exam/motor_least_gain", -0.01, EFFECTIVE)], confidence: 0.97, proves: true },
      {
        all: [LAWFUL, over("exam/motors_crossed", 0.5, "motors that follow another motor's command")],
        confidence: 0.97,
        proves: true,
      },
      {
        all: [
          under(
            "exam/action_direction",
            0.5,
            `cosine of an action's response and that in the intact environment; by definition 1, −1 for a wrong sign`,
          ),
        ],
        unless: EXAMINED,
        confidence: 0.92,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "weak-actions", "strong-actions"],
    explanation:
      "An action moves other joints than it should, or in the opposite direction, or the observation shows them so.",
    fixes: [],
    remedy: "Check the order and the sign of the motors, of the actions and of the observed joints",
  },
  {
    name: "strong-actions",
    differsIn: ["motion"],
    origins: ["environment"],
    title: "actions move the arm too much",
    patterns: [
      { all: [LAWFUL, over("exam/motor_most_gain", 1.4, EFFECTIVE)], confidence: 0.95, proves: true },
      {
        all: [over("exam/action_gain", 3, `response per unit of action, ${INTACT}; by definition 1`)],
        unless: EXAMINED,
        confidence: 0.85,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation: "An action moves the arm by several times what it should.",
    fixes: [],
    remedy: "Check the gain of the motors, the duration of a step and env.torqueScale",
  },
  {
    name: "changed-environment",
    origins: ["environment"],
    title: "the environment is not that of the settings",
    patterns: [
      {
        all: [LAWLESS, over("exam/other_motion", 0.5, `of stored episodes, played again; ${EXACT}`)],
        confidence: 0.7,
      },
      {
        all: [
          over(
            "exam/other_episodes",
            0.01,
            `of stored episodes, played again in the intact environment; ${EXACT}`,
          ),
        ],
        confidence: 0.6,
      },
      {
        all: [
          under(
            "exam/dynamics",
            0.5,
            "variance of the observation's next change that a linear function of observation and action explains, over that in the intact environment; by definition 1",
          ),
        ],
        confidence: 0.62,
      },
    ],
    supports: [],
    effects: DOWNSTREAM.filter((name) => name !== "changed-environment"),
    explanation:
      "The same seeds and actions give other episodes in the environment that the settings make. The figures exam/other_… show which part differs.",
    fixes: [],
    remedy:
      "Compare the environment with the one of the settings: sensors, motors, timing, what is reset, randomness without a seed",
  },
  {
    name: "evaluation-differs",
    origins: ["environment"],
    title: "evaluations play another environment than training",
    patterns: [
      {
        all: [
          over(
            "exam/other_evaluation",
            0.01,
            `difference of the newest success rate, played again; ${EXACT}`,
          ),
          under("exam/other_episodes", 0.01, "while the episodes of training are the same"),
        ],
        confidence: 0.9,
        proves: true,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation:
      "The evaluated policy does something else in the environment of the settings than was logged, and the episodes of training do not: the policy may be better than its evaluations.",
    fixes: [],
    remedy: "Make training and evaluation environments by the same function",
  },
];
