"""
Trains SB3's DDPG + HER until 95 % of 50 evaluation episodes succeed: train.py SEED THREADS [ID].

ID is panda_gym:PandaReach-v3 by default; steadyarm_gym:steadyarm/PandaReach-v0 is our arm, by joint torques.
"""

import sys

import answers
import gymnasium
import numpy as np
import torch
from stable_baselines3 import DDPG, HerReplayBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.noise import NormalActionNoise

SEED, THREADS = int(sys.argv[1]), int(sys.argv[2])
ID = sys.argv[3] if len(sys.argv) > 3 else "panda_gym:PandaReach-v3"
STEPS, EVERY, EPISODES, SOLVED = 20_000, 1000, 50, 0.95
torch.set_num_threads(THREADS)


class Evaluate(BaseCallback):
    """Reports the success rate of the policy without noise; ends training when it is solved."""

    def __init__(self, env):
        super().__init__()
        self.env = env

    def _on_step(self):
        if self.num_timesteps % EVERY != 0:
            return True
        rate = np.mean([self.succeeds(seed) for seed in range(EPISODES)])
        answers.tell({"step": self.num_timesteps, "successRate": float(rate)})
        return bool(rate < SOLVED)

    def succeeds(self, seed):
        observation, _ = self.env.reset(seed=10_000 + seed)
        while True:
            action, _ = self.model.predict(observation, deterministic=True)
            observation, _, terminated, truncated, info = self.env.step(action)
            if terminated or truncated:
                return info["is_success"]


environment = gymnasium.make(ID)
actions = environment.action_space.shape
model = DDPG(
    "MultiInputPolicy",
    environment,
    learning_rate=1e-3,
    gamma=0.95,
    batch_size=256,
    learning_starts=1000,
    replay_buffer_class=HerReplayBuffer,
    replay_buffer_kwargs={"n_sampled_goal": 4, "goal_selection_strategy": "future"},
    action_noise=NormalActionNoise(np.zeros(actions), np.full(actions, 0.1)),
    policy_kwargs={"net_arch": [64, 64]},
    device="cpu",
    seed=SEED,
)
answers.tell({"started": True})
model.learn(STEPS, callback=Evaluate(gymnasium.make(ID)))
