/** @file The tasks with objects that docs/manipulation.md reports on, and the commands that train them. */

/** A task under a control, and how long it is trained. */
interface ObjectTask {
  readonly env: string;
  readonly control: string;
  /** Environment steps with demonstrations, and without. */
  readonly steps: readonly [withDemos: number, without: number];
}

export const OBJECT_TASKS: Readonly<Record<string, ObjectTask>> = {
  "push-ee": { env: "panda-push", control: "ee", steps: [100_000, 250_000] },
  "push-torque": { env: "panda-push", control: "torque", steps: [120_000, 300_000] },
  "pick-and-place-ee": { env: "panda-gripper-pick-and-place", control: "ee", steps: [80_000, 250_000] },
  "pick-and-place-torque": {
    env: "panda-gripper-pick-and-place",
    control: "torque",
    steps: [100_000, 300_000],
  },
  "slide-ee": { env: "panda-slide", control: "ee", steps: [80_000, 300_000] },
  "slide-torque": { env: "panda-slide", control: "torque", steps: [80_000, 300_000] },
};

/** Returns a task by name. */
export function objectTask(name: string): ObjectTask {
  const task = OBJECT_TASKS[name];
  if (task === undefined) throw new Error(`expected ${Object.keys(OBJECT_TASKS).join(", ")}, got ${name}`);
  return task;
}

/** The folder of a task's demonstrations. */
export function demosOf(name: string): string {
  const { env, control } = objectTask(name);
  return `demos-${env}-${control}`;
}

/** Arguments of `steadyarm record`, without --out. */
export function recordArgs(name: string): string[] {
  const { env, control } = objectTask(name);
  return ["--scripted", env, "--control", control, "--episodes", "400"];
}

/**
 * Arguments of `steadyarm train`, without --out: the task's own preset in one thread, which gives the same policy with
 * any number of cores; 200 episodes at the end; rarer checkpoints.
 */
export function trainArgs(name: string, seed: number, withDemos: boolean): string[] {
  const { env, control, steps } = objectTask(name);
  return [
    ...["--env", env, "--control", control],
    ...(withDemos ? ["--demos", demosOf(name)] : []),
    ...["--seed", `${seed}`, "--steps", `${steps[withDemos ? 0 : 1]}`],
    ...["--set", "train.checkpointEvery=10000", "--set", "train.finalEpisodes=200"],
    ...["--set", "train.collectors=0"],
  ];
}
