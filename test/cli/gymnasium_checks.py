"""Checks of steadyarm_gym, each named on the command line: prints its name when it passes."""

import sys
import warnings

import gymnasium
import numpy as np
import steadyarm_gym
from gymnasium.utils import env_checker
from steadyarm_gym import SteadyarmEnv, SteadyarmError

# The module before the colon registers the id in each process.
PLANAR = "steadyarm_gym:steadyarm/Planar2Reach-v0"


def gymnasium_checker():
    for name in steadyarm_gym.ENVIRONMENTS:
        env = gymnasium.make(name)
        env_checker.check_env(env)
        env.close()


def sb3_checker():
    from stable_baselines3.common.env_checker import check_env

    for name in steadyarm_gym.ENVIRONMENTS:
        env = gymnasium.make(name)
        check_env(env)
        env.close()


def rewards():
    for settings in ({}, {"env.rewardTerms": {"posture": 0.5}}):
        for reward in ("sparse", "dense", "potential"):
            env = SteadyarmEnv("planar2-reach", reward=reward, settings=settings)
            env.reset(seed=3)
            steps = [env.step(env.action_space.sample()) for _ in range(20)]
            achieved, desired = (np.stack([s[0][key] for s in steps]) for key in ("achieved_goal", "desired_goal"))
            infos = [s[4] for s in steps]
            expected = [s[1] for s in steps]
            np.testing.assert_allclose(env.compute_reward(achieved, desired, infos), expected, rtol=0, atol=1e-6)
            np.testing.assert_allclose(env.compute_reward(achieved[0], desired[0], infos[0]), expected[0], atol=1e-6)
            if reward == "potential" or settings:
                try:
                    env.compute_reward(achieved, desired, [{}] * len(steps))
                    raise AssertionError("expected an error")
                except SteadyarmError as error:
                    assert "copy_info_dict=True" in str(error), error
            env.close()


def seeds():
    first, second = SteadyarmEnv("planar2-reach"), SteadyarmEnv("planar2-reach")
    starts = [env.reset(seed=seed)[0]["desired_goal"] for env in (first, second) for seed in (5, None)]
    assert (starts[0] == starts[2]).all() and (starts[1] == starts[3]).all()
    assert (starts[0] != starts[1]).any()
    first.close()
    second.close()
    unseeded = [SteadyarmEnv("planar2-reach") for _ in range(2)]
    a, b = (env.reset()[0]["desired_goal"] for env in unseeded)
    assert (a != b).any()
    goal = unseeded[0].reset(options={"goal": np.array(a, np.float32)})[0]["desired_goal"]
    assert (goal == a).all()
    for env in unseeded:
        env.close()


def errors():
    env = SteadyarmEnv("planar2-reach")
    env.reset(seed=1)
    for call, text in (
        (lambda: env.step(np.full(2, np.nan, np.float32)), "action[0]"),
        (lambda: env.reset(options={"gaol": [1]}), "gaol"),
        (lambda: SteadyarmEnv("planar2-reac"), "has ended with 2"),
        (lambda: SteadyarmEnv(command="no-such-program"), "STEADYARM="),
        (lambda: SteadyarmEnv(render_mode="human"), "render_mode"),
    ):
        try:
            call()
            raise AssertionError(f"expected an error with {text}")
        except (ValueError, TypeError) as error:
            assert text in str(error), error
    assert env.step(np.zeros(2, np.float32))[1] <= 0
    env.close()
    env.close()
    try:
        env.step(np.zeros(2, np.float32))
        raise AssertionError("expected an error")
    except SteadyarmError as error:
        assert "has ended with 0" in str(error), error


def vectors():
    envs = gymnasium.make_vec(PLANAR, num_envs=2, vectorization_mode="async")
    observation, _ = envs.reset(seed=[4, 5])
    local = SteadyarmEnv("planar2-reach")
    for row, seed in enumerate((4, 5)):
        expected, _ = local.reset(seed=seed)
        assert all((observation[key][row] == expected[key]).all() for key in expected)
    for _ in range(52):
        envs.step(envs.action_space.sample())
    local.close()
    envs.close()


def sb3_her():
    from stable_baselines3 import DDPG, HerReplayBuffer
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import SubprocVecEnv

    env = make_vec_env(PLANAR, n_envs=2, seed=1, vec_env_cls=SubprocVecEnv, env_kwargs={"reward": "potential"})
    model = DDPG(
        "MultiInputPolicy",
        env,
        learning_starts=110,
        replay_buffer_class=HerReplayBuffer,
        replay_buffer_kwargs={"copy_info_dict": True},
        policy_kwargs={"net_arch": [16]},
        device="cpu",
        seed=1,
    )
    model.learn(220)
    assert model._n_updates > 0
    env.close()


if __name__ == "__main__":
    # gymnasium.utils.env_checker warns about what it cannot check, such as rendering.
    warnings.simplefilter("ignore")
    for name in sys.argv[1:]:
        globals()[name]()
        print(name, flush=True)
