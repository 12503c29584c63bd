"""Times environment steps of panda-gym with random actions and a reset every 50 steps."""

from functools import cache

import answers
import gymnasium
import panda_gym  # noqa: F401, registers the environments

EPISODE = 50


@cache
def environment(name):
    env = gymnasium.make(name)
    env.action_space.seed(1)
    env.reset(seed=1)
    return env, [env.action_space.sample() for _ in range(64)]


def prepare(request):
    env, actions = environment(request["env"])

    def run(count):
        # An episode goes on after success, so that every environment has the same steps and resets.
        for step in range(count):
            if step % EPISODE == 0:
                env.reset()
            env.step(actions[step % len(actions)])

    return run


answers.answer(prepare)
