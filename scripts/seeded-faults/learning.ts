/** @file Faults in training: agent, replay buffer, episodes, evaluations, worker threads. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the program.

import { fault, type SeededFault } from "./fault.ts";

const REPLAY = "agent/replay-buffer.test.ts › ";
const ROLLOUT = "training/rollout.test.ts › ";

export const LEARNING_FAULTS: readonly SeededFault[] = [
  fault(
    `${ROLLOUT}stops at the first number that training cannot compute with, and keeps the steps before it`,
    "training/episode-guard.ts",
    "if (!isUsable(values[i]))",
    "if (false)",
  ),
  fault(
    `${ROLLOUT}stops at the first number that training cannot compute with, and keeps the steps before it`,
    "training/episode-guard.ts",
    "if (!isUsable(step.reward))",
    "if (false)",
  ),
  fault(
    `${ROLLOUT}stops at the first number that training cannot compute with, and keeps the steps before it`,
    "shared/magnitude.ts",
    'typeof value === "number" && Math.abs(value) <= MAX_MAGNITUDE',
    "Number.isFinite(value)",
  ),
  fault(
    `${ROLLOUT}stops before the environment gets an action of the policy that is not finite`,
    "training/rollout.ts",
    "      checkAction(action);\n",
    "",
  ),
  fault(
    "cli/replay.integration.test.ts › in a reward of a relabelled goal is named with both goals, before the update",
    "dist/agent/transition-sampler.js",
    "if (!isUsable(reward))",
    "if (false)",
  ),
  fault(
    "cli/replay.integration.test.ts › says so if an episode depends on more than its seed and actions",
    "dist/training/replay-failure.js",
    "differsAt ??= played.step;",
    ";",
  ),
  fault(
    "cli/replay.integration.test.ts › refuses a run without such an episode, and damaged last steps",
    "dist/storage/last-steps.js",
    "    verify();\n",
    "",
  ),
  fault(
    "agent/ddpg.test.ts › fails with the metric and a remedy if training diverges",
    "agent/learner.ts",
    "if (!Number.isFinite(value)) {",
    "if (false) {",
  ),
  fault(
    "agent/ddpg.test.ts › rejects the state of another architecture",
    "agent/learner.ts",
    "if (saved?.length !== size) {",
    "if (saved === undefined) {",
  ),
  fault(
    "agent/ddpg.test.ts › depends only on the seed",
    "agent/learner.ts",
    'initialWeights(update.actorLayout, rng.fork("actor")',
    "initialWeights(update.actorLayout, rng.fork(`${process.hrtime()[1]}`)",
  ),
  fault(
    `${REPLAY}samples every stored transition equally often, including those of short episodes`,
    "agent/replay-buffer.ts",
    "if (index < this.indexOf(slot, this.#lengths[slot]!)) return index;",
    "return index;",
  ),
  fault(
    `${REPLAY}rejects the state of another environment or of more episodes than its capacity`,
    "agent/replay-buffer.ts",
    "if (length !== expected[name]) {",
    "if (false) {",
  ),
  fault(
    `${REPLAY}rejects the state of another environment or of more episodes than its capacity`,
    "agent/replay-buffer.ts",
    "if (episodes > this.maxSlots) {",
    "if (false) {",
  ),
  fault(
    `${REPLAY}rejects sampling while it is empty, and empty episodes`,
    "agent/replay-buffer.ts",
    "if (first >= end) {",
    "if (false) {",
  ),
  fault(
    "training/evaluations.test.ts › keeps an evaluation in progress if a stop is requested meanwhile",
    "training/evaluations.ts",
    "if (found === undefined) return false;",
    "if (found === undefined) { this.#current = undefined; return false; }",
  ),
  fault(
    "training/evaluations.test.ts › saves metrics that are not finite",
    "training/evaluations.ts",
    "if (Number.isFinite(value)) return value;",
    "return value;",
  ),
  fault(
    "training/collection.test.ts › gives the same bits whatever the order in which collectors finish",
    "training/collection.ts",
    "const played = await unlessStopped(this.#inProgress[0]!.played, stopRequested);",
    "const played = await unlessStopped(Promise.race(this.#inProgress.map((each) => each.played)), stopRequested);",
  ),
  fault(
    "training/worker-pool.test.ts › rejects the request that failed, and answers the others",
    "training/worker-pool.ts",
    "queue.push((thread) => request(thread).then(resolve, reject));",
    "queue.push((thread) => request(thread).then(resolve));",
  ),
  fault(
    "training/progress-line.test.ts › stops writing after an error",
    "training/progress-line.ts",
    "if (this.#outputFailed) return;",
    "",
  ),
  fault(
    "agent/ddpg.test.ts › continues from a saved state",
    "agent/ddpg.ts",
    "    this.#rng.setState(state.rng);\n",
    "",
  ),
  fault(
    "agent/replay-buffer.test.ts › continues identically after its state was saved and restored",
    "agent/replay-buffer.ts",
    "    this.#nextSlot = nextSlot;\n",
    "",
  ),
  fault(
    "training/collection.test.ts › continues from the orders of a checkpoint with the same bits, with %j",
    "training/collection.ts",
    "for (const order of options.state?.episodes ?? []) this.#send(order);",
    "",
  ),
  fault(
    "training/collection.test.ts › reports the failure of a collector when the episode's turn comes",
    "training/collection.ts",
    "await unlessStopped(this.#inProgress[0]!.played, stopRequested);",
    "await unlessStopped(Promise.all(this.#inProgress.map((each) => each.played)).then(([first]) => first!), stopRequested);",
  ),
  fault(
    "training/collection.test.ts › returns without an episode if a stop is requested while it waits",
    "training/collection.ts",
    "if (played === undefined) return undefined;",
    "if (played === undefined) { this.#inProgress.shift(); return undefined; }",
  ),
  fault(
    "training/checkpoint.test.ts › names the first field that is not a training run's",
    "training/checkpoint.ts",
    "validate(SavedRun, checkpoint.state, path);",
    "validate(SavedRun.loose(), checkpoint.state, path);",
  ),
  fault(
    "training/worker-threads.integration.test.ts › plays and diagnoses episodes with the same bits as the training thread",
    "training/worker-thread.ts",
    'const reply = await this.#request({ kind: "play", order });',
    'const reply = await this.#request({ kind: "play", order: { ...order, index: order.index + 1 } });',
  ),
  fault(
    "training/worker-threads.integration.test.ts › ends with one error when a worker fails by %s, and resumes to the same bits",
    "training/worker-thread.ts",
    "if (episode !== undefined) return new EpisodeError(message, episode);",
    "",
  ),
  fault(
    "cli/train.integration.test.ts › saves on %s, prints how to resume, and then gives the same bits",
    "dist/cli/stop-signals.js",
    "        controller.abort();\n",
    "",
  ),
  fault(
    "cli/train.integration.test.ts › gives the same bits after SIGKILL and --resume as without, with %i collectors",
    "dist/agent/ddpg.js",
    "        this.#rng.setState(state.rng);\n",
    "",
  ),
  fault(
    "cli/watch.integration.test.ts › gives the same bits as without --watch",
    "dist/cli/train-command.js",
    "            config,\n            folder,\n            env,\n            ...workerModules",
    "            config: flags.watch ? { ...config, train: { ...config.train, seed: 9 } } : config,\n            folder,\n            env,\n            ...workerModules",
  ),
];
