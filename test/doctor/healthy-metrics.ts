/** @file Metrics of a run that learns: panda-reach, seed 1, 20,000 steps, default settings, to three digits. */

import type { RunMetrics } from "../../doctor/run-metrics.ts";

const VALUES: Readonly<Record<string, number>> = {
  "train/saturation": 0,
  "train/action_abs_mean": 0.25,
  "train/actor_grad_norm": 0.12,
  "diagnostics/actor_grad_snr": 0.7,
  "diagnostics/actor_grad_cosine": 0.4,
  "probe/input_rms": 0.96,
  "probe/success_in_inputs": 0.44,
  "probe/dead_actor": 0,
  "probe/dead_critic": 0,
  "probe/exploration": 0.37,
  "probe/exploration_jitter": 0.2,
  "probe/actor_growth": 2.7,
  "probe/critic_growth": 2.5,
  "probe/actor_step": 0.0011,
  "probe/critic_step": 0.00079,
  "probe/replay_episodes": 400,
  "doctor/value_over_bound": 0.11,
  "doctor/value_lag": 0.00008,
  "doctor/bias_share": 0.0008,
  "doctor/pay_without_success": -0.09,
  "doctor/success_paid": 1,
  "doctor/own_success_paid": 40,
  "doctor/batches_paid": 0.49,
  "doctor/hindsight_paid": 1,
  "doctor/dormant_at_start": 0.4,
  "doctor/updates": 19000,
  "doctor/horizon_updates": 0.053,
  "doctor/episodes_per_stored": 1,
  "doctor/overfit": 1,
  "doctor/success_best": 1,
  "doctor/swings": 0,
  "doctor/fall": 0,
  "doctor/rise": 0,
  "doctor/held": 1,
  "doctor/planned_updates": 0.95,
  "doctor/updates_done": 1,
  "doctor/horizon_steps": 20,
  "exam/goal_spread": 1.05,
  "exam/blank_goals": 0,
  "exam/goal_mismatch": 0,
  "exam/unreachable_goals": 0,
  "exam/trivial_hindsight": 0.43,
  "exam/response_lag": 1,
  "exam/action_delay": 0,
  "exam/dead_actions": 0,
  "exam/action_gain": 1,
  "exam/frozen_inputs": 0,
  "exam/clipped_inputs": 0,
  "exam/input_noise": 1,
  "exam/actor_travel": 0.0066,
  "exam/critic_travel": 0.0071,
  "exam/target_lag": 0.011,
  "exam/action_size": 0.32,
  "exam/value_order": 0.6,
  "exam/bellman_fit": 0.995,
  "exam/room": 0.75,
};

/** Returns the metrics with some replaced; undefined removes one. */
export function healthyMetrics(changes: Readonly<Record<string, number | undefined>> = {}): RunMetrics {
  const values: Readonly<Record<string, number | undefined>> = { ...VALUES, ...changes };
  return new Map(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { value, trend: [] }] as const],
    ),
  );
}
