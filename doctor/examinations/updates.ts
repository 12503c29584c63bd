/** @file What would intact updates do? Values and actions before and after some, from the checkpoint on. */

import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { type Policy, policyFrom } from "../../agent/policy.ts";
import { sampleBox } from "../../shared/box.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";
import { type ExaminedRun, sampleObservations } from "../examined-run.ts";
import { bellmanFit } from "./bellman-fit.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";

/** Updates that forget Adam's first moments (0.9 to the power of 200 is 1e-9) and move a rate of 1e-3 by up to 0.2. */
const UPDATES = 200;

const STATES = 256;

/**
 * `exam/relearned`: share of the variance of Q that the Bellman equation leaves open before 200 intact updates, over that
 * after them; near 1 if the run's own updates did what intact ones do. `exam/actor_rank`: share of states in which the
 * critic values the policy's action above a uniformly random one. `exam/actor_regain`: by how much the updates raise it.
 */
export async function examineUpdates(run: ExaminedRun): Promise<Figures | string> {
  const { intact, learner, config, sizes, state, policy } = run;
  if (learner.updates === 0) return "there were no updates";
  if (intact === undefined) return NO_ENVIRONMENT;
  const { env } = intact;
  const rng = run.rng().fork("updates");
  const engine = await loadEngine(config.agent.engine);
  const agent = await Ddpg.create(config.agent, taskFacts(env), engine, rng);
  try {
    agent.setState(state);
    await agent.learner.update(UPDATES);
    const updated = policyFrom(config.agent, sizes, {
      normalizers: agent.memory.normalizers,
      actor: () => agent.learner.weights("actor"),
      critic: () => agent.learner.weights("critic"),
    });
    const open = (examined: Policy) => 1 - bellmanFit(run, examined, env);
    const states = sampleObservations(run.replay, STATES, rng.fork("states"));
    const random = states.map(() => sampleBox(env.actionSpace, rng));
    const rank = actorRank(policy, states, random);
    return {
      "exam/relearned": config.agent.normalizeReturns ? Number.NaN : open(policy) / open(updated),
      "exam/actor_rank": rank,
      "exam/actor_regain": actorRank(updated, states, random) - rank,
    };
  } finally {
    agent.dispose();
  }
}

/** Share of the states in which the policy's action has a larger Q than the random one; equal ones count half. */
function actorRank(
  policy: Policy,
  states: readonly GoalObservation[],
  random: readonly Float32Array[],
): number {
  const action = new Float32Array(random[0]?.length ?? 0);
  let better = 0;
  for (const [i, state] of states.entries()) {
    policy.act(state, action);
    better += (Math.sign(policy.value(state, action) - policy.value(state, random[i]!)) + 1) / 2;
  }
  return better / states.length;
}
