"""steadyarm's robot arms as Gymnasium goal environments; importing this registers `steadyarm/<Name>-v0`."""

from gymnasium.envs.registration import register

from .env import SteadyarmEnv
from .session import SteadyarmError

__all__ = ["ENVIRONMENTS", "SteadyarmEnv", "SteadyarmError"]

_IDS = (
    "panda-reach",
    "panda-push",
    "panda-slide",
    "panda-gripper-reach",
    "panda-gripper-pick-and-place",
    "planar2-reach",
    "planar3-reach",
    "arm3-reach",
    "arm3-push",
)

#: Registered id → id of steadyarm, such as "steadyarm/PandaReach-v0" → "panda-reach".
ENVIRONMENTS = {f"steadyarm/{name.title().replace('-', '')}-v0": name for name in _IDS}

for _registered, _name in ENVIRONMENTS.items():
    # steadyarm checks actions and the order of calls; the wrappers that do would hide compute_reward.
    register(
        id=_registered,
        entry_point="steadyarm_gym.env:SteadyarmEnv",
        kwargs={"env": _name},
        order_enforce=False,
        disable_env_checker=True,
    )
