"""steadyarm's environments behind Gymnasium's goal interface."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, SupportsFloat

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .session import (
    COMPUTE_REWARD,
    OBSERVATION,
    RESET,
    REWARDS,
    STEP,
    STEPPED,
    Session,
    SteadyarmError,
    steadyarm_command,
)

Floats = NDArray[np.float32]
Observation = dict[str, Floats]

_TERMINATED, _TRUNCATED, _SUCCESS = 1, 2, 4
_STEP_PREFIX = struct.Struct("<dII")


class SteadyarmEnv(gymnasium.Env[Observation, Floats]):
    """
    A goal environment in a process of `steadyarm serve-env`.

    An observation has the parts `observation`, `achieved_goal` and `desired_goal`. Success does not end an episode:
    `info["is_success"]` reports it. `reset` takes the options `goal`, `training` and `configuration`.

    :param env: id of `steadyarm envs`, or the path of a module that makes an environment
    :param control: torque, velocity, position or ee (end effector); default torque
    :param reward: sparse, dense or potential; default sparse
    :param settings: other settings by path, such as {"env.torqueScale": 0.5}
    :param command: words that start steadyarm; default the variable STEADYARM, else `npx --no steadyarm`
    """

    metadata: dict[str, Any] = {"render_modes": []}

    def __init__(
        self,
        env: str = "panda-reach",
        *,
        control: str | None = None,
        reward: str | None = None,
        settings: Mapping[str, Any] | None = None,
        command: str | Sequence[str] | None = None,
        render_mode: None = None,
    ) -> None:
        if render_mode is not None:
            # Stable-Baselines3 asks for a mode first, and for none after a TypeError.
            raise TypeError(f"render_mode: expected None, got {render_mode!r}. steadyarm watch shows policies")
        words = [*steadyarm_command(command), "serve-env", "--env", env]
        for flag, value in (("--control", control), ("--reward", reward)):
            words += [] if value is None else [flag, value]
        for path, value in (settings or {}).items():
            words += ["--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}"]
        self.render_mode = None
        self._session = Session(words)
        hello = self._session.hello
        goal, observation = _box(hello["goal"]), _box(hello["observation"])
        self.observation_space = spaces.Dict(
            {"observation": observation, "achieved_goal": goal, "desired_goal": _box(hello["goal"])}
        )
        self.action_space = _box(hello["action"])
        self.max_episode_steps: int = hello["maxEpisodeSteps"]
        self.control_timestep: float = hello["controlTimestep"]
        self._terms: list[str] = hello["rewardTerms"]
        self._uses_previous: bool = hello["usesPreviousGoal"]
        (size,), (goal_size,) = observation.shape, goal.shape
        self._ends = (size, size + goal_size, size + 2 * goal_size)
        self._achieved: Floats = np.zeros(goal.shape, np.float32)
        self._is_seeded = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        super().reset(seed=seed)
        request: dict[str, Any] = {key: np.asarray(value).tolist() for key, value in (options or {}).items()}
        if seed is None and not self._is_seeded:
            # Parallel environments without seeds must differ.
            seed = int(self.np_random.integers(2**31))
        if seed is not None:
            request["seed"] = int(seed)
        payload = self._session.request(RESET, json.dumps(request).encode(), OBSERVATION)
        self._is_seeded = True
        observation, _ = self._split(payload, 0)
        return observation, {}

    def step(self, action: Floats) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        payload = self._session.request(STEP, np.asarray(action, "<f4").tobytes(), STEPPED)
        reward, flags, _ = _STEP_PREFIX.unpack_from(payload)
        previous = self._achieved
        observation, terms = self._split(payload, _STEP_PREFIX.size)
        info: dict[str, Any] = {"is_success": bool(flags & _SUCCESS)}
        # What the reward depends on beside the two goals.
        if self._uses_previous:
            info["previous_achieved_goal"] = previous
        if self._terms:
            info["reward_terms"] = dict(zip(self._terms, terms.tolist(), strict=True))
        return observation, reward, bool(flags & _TERMINATED), bool(flags & _TRUNCATED), info

    def compute_reward(
        self, achieved_goal: Floats, desired_goal: Floats, info: Any
    ) -> np.float64 | NDArray[np.float64]:
        """
        Returns the reward for achieved and desired goals, [G] or [N, G]: a number or [N].

        :param info: the info of the transition, or a sequence of N; used by a potential reward and by reward terms
        """
        achieved, desired = np.asarray(achieved_goal, "<f4"), np.asarray(desired_goal, "<f4")
        infos = [info] if achieved.ndim == 1 else info
        previous = achieved
        if self._uses_previous:
            previous = np.asarray([_required(each, "previous_achieved_goal") for each in infos], "<f4")
        blocks = (np.broadcast_to(each, achieved.shape) for each in (achieved, desired, previous.reshape(achieved.shape)))
        payload = self._session.request(COMPUTE_REWARD, b"".join(each.tobytes() for each in blocks), REWARDS)
        rewards = np.frombuffer(payload, "<f8")
        if self._terms:
            rewards = rewards + [sum(_required(each, "reward_terms").values()) for each in infos]
        return rewards[0] if achieved.ndim == 1 else rewards

    def close(self) -> None:
        self._session.close()

    def _split(self, payload: bytes, offset: int) -> tuple[Observation, Floats]:
        """Returns the parts of an observation, and the values after it."""
        # A copy belongs to the caller and can be written to.
        values = np.frombuffer(payload, "<f4", offset=offset).astype(np.float32)
        first, second, third = self._ends
        self._achieved = values[first:second]
        observation = {
            "observation": values[:first],
            "achieved_goal": self._achieved,
            "desired_goal": values[second:third],
        }
        return observation, values[third:]


def _box(bounds: Mapping[str, list[float | None]]) -> spaces.Box:
    low = np.array([-np.inf if each is None else each for each in bounds["low"]], np.float32)
    high = np.array([np.inf if each is None else each for each in bounds["high"]], np.float32)
    return spaces.Box(low, high, dtype=np.float32)


def _required(info: Mapping[str, Any], key: str) -> Any:
    if key in info:
        return info[key]
    raise SteadyarmError(
        f"compute_reward: expected info with {key}, which this reward depends on. "
        "With Stable-Baselines3: HerReplayBuffer(copy_info_dict=True)"
    )
