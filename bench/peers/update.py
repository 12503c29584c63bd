"""Times DDPG updates of Stable-Baselines3 or SBX, replay sampling and target update included: update.py sb3 | sbx."""

import sys
from functools import cache

import answers
import gymnasium
import numpy as np

LIBRARY = sys.argv[1]
INPUTS, ACTIONS, BATCH, TRANSITIONS = 26, 7, 256, 10_000

if LIBRARY == "sb3":
    import torch
    from stable_baselines3 import DDPG
    from stable_baselines3.common.logger import Logger

    torch.set_num_threads(1)
else:
    from sbx import DDPG
    from stable_baselines3.common.logger import Logger


class NoEnv(gymnasium.Env):
    """Has the spaces only; it is never stepped."""

    observation_space = gymnasium.spaces.Box(-10, 10, (INPUTS,), np.float32)
    action_space = gymnasium.spaces.Box(-1, 1, (ACTIONS,), np.float32)


@cache
def agent(hidden):
    model = DDPG(
        "MlpPolicy",
        NoEnv(),
        gamma=0.95,
        tau=0.02,
        buffer_size=TRANSITIONS,
        policy_kwargs={"net_arch": list(hidden)},
        device="cpu",
        seed=1,
    )
    model.set_logger(Logger(folder=None, output_formats=[]))
    rng = np.random.default_rng(1)
    for _ in range(TRANSITIONS):
        observation, next_observation = rng.standard_normal((2, 1, INPUTS), np.float32)
        action = rng.uniform(-1, 1, (1, ACTIONS)).astype(np.float32)
        reward = -rng.integers(0, 2, 1).astype(np.float32)
        model.replay_buffer.add(observation, next_observation, action, reward, np.zeros(1), [{}])
    return model


def prepare(request):
    model, per_call = agent(tuple(request["hidden"])), request["perCall"]

    def run(count):
        for _ in range(count // per_call):
            model.train(per_call, BATCH)

    return run


answers.answer(prepare)
