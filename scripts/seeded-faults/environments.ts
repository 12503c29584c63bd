/** @file Faults in environments: spaces, resets, physics, saved states, the checker. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the program.

import { fault, type SeededFault } from "./fault.ts";

const ARM = "env/arm/arm-world.test.ts › ";
const CONTRACT = "env/check/contract.integration.test.ts › ";
const STATE = "env/state.integration.test.ts › ";
const BROKEN_ENVS = "env/check/check-env.test.ts › reports an environment that %s as exactly: %s";
const CLIP =
  "shared/errors.test.ts › clips to its bounds and rejects non-finite numbers and wrong lengths without writing";

export const ENVIRONMENT_FAULTS: readonly SeededFault[] = [
  fault(
    "env/tasks/reward-terms.test.ts › a step's %s reward is the goal reward plus the terms",
    "env/arm-episode.ts",
    "reward: terms.reduce((sum, term) => sum + term, goalReward),",
    "reward: goalReward,",
  ),
  fault(
    "env/registry.test.ts › suggests the nearest name for a misspelt one, and lists all names for an unknown one",
    "env/registry.ts",
    'throw refuse("env.id", "an environment\'s name", id, suggest(id, Object.keys(ENVIRONMENTS)));',
    'throw refuse("env.id", "an environment\'s name", id);',
  ),
  fault(CLIP, "shared/box.ts", 'typeof x !== "number" || !Number.isFinite(x)', 'typeof x !== "number"'),
  fault(CLIP, "shared/box.ts", "Math.min(Math.max(vector[i]!, space.low[i]!), space.high[i]!)", "vector[i]!"),
  fault(CLIP, "shared/box.ts", "vector === null || vector.length !== size", "vector === null"),
  fault(
    `${ARM}is detected when Rapier disables a body`,
    "env/arm/arm-world.ts",
    "if (!world.isEnabled(this.#links[i]!))",
    "if (false)",
  ),
  fault(
    `${ARM}is detected when a joint exceeds the speed bound`,
    "env/arm/arm-world.ts",
    "if (!(Math.abs(speed) <= SPEED_BOUND))",
    "if (false)",
  ),
  fault(
    `${ARM}ends the episode with an error that names fault, time and how to replay it`,
    "env/arm-env.ts",
    "if (fault !== null) throw this.#diverged(where, fault);",
    "",
  ),
  fault(
    `${CONTRACT}continues to its time limit while the goal is held`,
    "env/arm-env.ts",
    "const truncated = this.#steps === this.maxEpisodeSteps;",
    "const truncated = this.#steps > this.maxEpisodeSteps;",
  ),
  fault(
    `${CONTRACT}names the missing call when calls come in the wrong order`,
    "env/arm-env.ts",
    'if (this.#phase !== "running") throw new InputError',
    "if (false) throw new InputError",
  ),
  fault(
    `${CONTRACT}names the invalid element of an action, and rejects invalid goals and seeds`,
    "shared/rng.ts",
    "if (!Number.isSafeInteger(seed) || seed < 0)",
    "if (seed < 0)",
  ),
  fault(
    "env/variation.test.ts › is drawn from the seed for each episode, uniformly within its ranges",
    "env/arm-env.ts",
    "if (seed !== undefined) this.#episode.reseed(seed);",
    "",
  ),
  fault(
    `${STATE}is rejected by another environment, build of Rapier or gravity setting, and by a disposed environment`,
    "env/arm-env.ts",
    "if (state.kind !== this.#kind) {",
    "if (false) {",
  ),
  fault(
    `${STATE}can be saved before the first episode and after the end of one`,
    "env/arm-env.ts",
    "    this.#phase = state.phase;\n",
    "",
  ),
  fault(
    `${STATE}continues identically from a state, in the same and another environment, beyond the end of the episode`,
    "env/arm-env.ts",
    "    this.#steps = state.steps;\n",
    "",
  ),
  fault(
    "env/scene.test.ts › reports an object that moves too fast",
    "env/scene.ts",
    "if (!(speed <= SPEED_BOUND)) return `speed of ${name} is ${speed} m/s`;",
    "",
  ),
  fault(
    "env/scene.test.ts › reports an object whose state is not finite",
    "env/scene.ts",
    "if (![...position, ...rotation].every(Number.isFinite)) {",
    "if (false) {",
  ),
  fault(
    BROKEN_ENVS,
    "env/check/observations.ts",
    "const i = observed[part].findIndex((value) => !Number.isFinite(value));",
    "const i = -1;",
  ),
  fault(BROKEN_ENVS, "env/check/observations.ts", "if (value.length !== size) {", "if (false) {"),
  fault(BROKEN_ENVS, "env/check/observations.ts", "if (!Number.isFinite(step.reward))", "if (false)"),
  fault(
    BROKEN_ENVS,
    "env/check/observations.ts",
    "if (i !== -1 && observed[part].every(Number.isFinite)) {",
    "if (false) {",
  ),
  fault(
    BROKEN_ENVS,
    "env/check/declarations.ts",
    "if (!(Number.isFinite(low[i]) && Number.isFinite(high[i]) && low[i]! < high[i]!)) {",
    "if (false) {",
  ),
  fault(
    BROKEN_ENVS,
    "env/check/declarations.ts",
    "if (!(Number.isFinite(controlTimestep) && controlTimestep > 0)) {",
    "if (false) {",
  ),
  fault(
    "env/check/contract.integration.test.ts › starts at rest",
    "env/arm/joint-sensor.ts",
    "    this.speeds.fill(0);\n",
    "    this.speeds.fill(1);\n",
  ),
  fault(
    "env/arm/arm-world.test.ts › starts at rest at any angles, and stays there without torques",
    "env/arm/joint-sensor.ts",
    "    this.#startAngles.set(angles);\n",
    "    this.#startAngles.set(angles.length === 0 ? angles : Array.from(angles, (angle) => angle + 1e-3));\n",
  ),
  fault(
    "env/arm/arm-world.test.ts › keeps nothing over a reset: the same torques give the same motion, bit for bit",
    "env/arm/joint-sensor.ts",
    "    this.#rotations.fill(0);\n",
    "",
  ),
  fault(
    "env/scene.test.ts › ends at the same position after the same pushes, bit for bit",
    "env/scene.ts",
    "        position,\n        orientation,\n        velocity,",
    "        position: [position[0] + 1e-6 * Math.random(), position[1], position[2]],\n        orientation,\n        velocity,",
  ),
  fault(
    "env/processes.integration.test.ts › every environment gives the same trajectory in a child process, and another one for another seed",
    "env/arm-episode.ts",
    "this.#rng = Rng.fromSeed(seed);",
    "this.#rng = Rng.fromSeed(seed + process.pid);",
  ),
  fault(
    "env/tasks/reach.test.ts › are not achieved at home",
    "env/tasks/reach.ts",
    "if (!isAchieved(achievedGoal, goal)) return goal;",
    "return goal;",
  ),
  fault(
    "env/arm/random-posture.test.ts › refuses an arm without a posture above its base",
    "env/arm/random-posture.ts",
    "if (isAbove && endEffector[2]! >= floor) return angles;",
    "if (isAbove || endEffector[2]! < floor) return angles;",
  ),
  fault(
    "env/check/promises-torque.integration.test.ts",
    "env/arm-env.ts",
    "if (seed !== undefined) this.#episode.reseed(seed);",
    "this.#episode.reseed(seed ?? 0);",
  ),
  fault(
    "env/state.integration.test.ts › is rejected if its snapshot is damaged, and the running episode continues",
    "env/arm/arm-world.ts",
    "    const world = this.#physics.restoreWorld(state.snapshot, GRAVITY);\n    this.#world?.free();\n",
    "    this.#world?.free();\n    const world = this.#physics.restoreWorld(state.snapshot, GRAVITY);\n",
  ),
  fault(
    "env/arm/arm-world.test.ts › agrees with forward kinematics over 1,000 random steps",
    "env/arm/joint-sensor.ts",
    "let change = 2 * Math.atan2(",
    "let change = 1.999 * Math.atan2(",
  ),
  fault(
    "env/arm/dynamics.integration.test.ts › loses energy throughout a fall of 10 s, also when it hits limits",
    "env/arm/arm-world.ts",
    "const torque = motorTorque - (damping",
    "const torque = motorTorque + (damping",
  ),
  fault(
    "env/memory.integration.test.ts › 300 lifetimes of %s leak no memory",
    "env/arm/arm-world.ts",
    "  dispose(): void {\n    this.#world?.free();\n",
    "  dispose(): void {\n",
  ),
];
