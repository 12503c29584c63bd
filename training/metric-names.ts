/**
 * @file Names of all metrics of a run, in metrics.jsonl, progress.csv and TensorBoard.
 *
 * They follow Stable-Baselines3 where it has the metric. docs/ddpg.md and docs/diagnostics.md define each.
 */

export const METRIC_NAMES = [
  "eval/success_rate",
  "eval/success_once",
  "eval/mean_final_distance",
  "eval/mean_reward",
  "eval/mean_ep_length",
  "rollout/success_rate",
  "rollout/ep_rew_mean",
  "rollout/ep_len_mean",
  "rollout/reward_action",
  "rollout/reward_smoothness",
  "rollout/reward_joint_limit",
  "train/critic_loss",
  "train/actor_loss",
  "train/q_mean",
  "train/target_mean",
  "train/action_abs_mean",
  "train/saturation",
  "train/critic_grad_norm",
  "train/actor_grad_norm",
  "train/bc_loss",
  "train/bc_cloned",
  "train/n_updates",
  "diagnostics/success_spread",
  "diagnostics/first_success_step",
  "diagnostics/q_bias_mean",
  "diagnostics/q_bias_std",
  "diagnostics/q_out_of_range",
  "diagnostics/ensemble_spread",
  "diagnostics/action_slope_policy",
  "diagnostics/action_slope_random",
  "diagnostics/dormant_actor",
  "diagnostics/dormant_critic",
  "diagnostics/stable_rank",
  "diagnostics/policy_drift",
  "diagnostics/torque_sign_changes",
  "diagnostics/actor_grad_cosine",
  "diagnostics/actor_grad_snr",
  "diagnostics/reward_density",
  "diagnostics/reward_density_hindsight",
  "diagnostics/reward_for_success",
  "diagnostics/goal_coverage",
  "diagnostics/td_error_replay",
  "diagnostics/td_error_held_out",
  "diagnostics/joint_limit_time",
  "time/episodes",
  "time/total_timesteps",
  "time/time_elapsed",
  "time/fps",
  "time/updates_per_second",
] as const;

/** Metrics that depend on the wall clock; all others are equal for equal seeds. */
export const WALL_CLOCK_METRICS: readonly string[] = [
  "time/time_elapsed",
  "time/fps",
  "time/updates_per_second",
];

/** Returns the metric name of a reward term: `rollout/reward_joint_limit` for `jointLimit`. */
export function termMetric(term: string): string {
  return `rollout/reward_${term.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
