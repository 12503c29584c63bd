/**
 * @file Trains one case of bench/doctor.ts: a normal run with an injected fault.
 *
 *     tsx bench/faults/train-case.ts <case> <environment> <seed> <folder>
 */

import { actorLayout, criticLayouts, networkSizes } from "../../agent/architecture.ts";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { makeEnv } from "../../env/registry.ts";
import { parseConfig, setByPath } from "../../shared/config.ts";
import { episodeSizes } from "../../shared/episode.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import { presetSettings } from "../../shared/presets.ts";
import { Rng } from "../../shared/rng.ts";
import { listCheckpoints } from "../../storage/checkpoint-folder.ts";
import { describeMachine, describeVersions } from "../../storage/machine.ts";
import { readManifest } from "../../storage/manifest.ts";
import { createRunFolder, reopenRunFolder } from "../../storage/run-folder.ts";
import { readResult } from "../../storage/run-result.ts";
import { saveRunState } from "../../training/checkpoint.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { runTraining } from "../../training/training-run.ts";
import type { Case, EnvironmentSettings } from "./case.ts";
import { CASES, ENVIRONMENTS } from "./cases.ts";

/** Trains a case into a run folder. Skips a complete run, resumes an incomplete one. */
export async function trainCase(
  each: Case,
  id: string,
  seed: number,
  path: string,
  shared: EnvironmentSettings | undefined = ENVIRONMENTS[id],
): Promise<void> {
  if (shared === undefined) throw refuse("environment", Object.keys(ENVIRONMENTS).join(" or "), id);
  const steps = Math.round(shared["train.steps"] * (each.stepsFactor ?? 1));
  const settings: Record<string, unknown> = {};
  const { agent, env: envSettings, train } = presetSettings(each.preset ?? "ddpg-her");
  Object.assign(settings, structuredClone({ agent, env: envSettings ?? {}, train: train ?? {} }));
  const assignments = { "env.id": id, ...shared, ...each.set, "train.seed": seed, "train.steps": steps };
  for (const [key, value] of Object.entries(assignments)) setByPath(settings, key, value);
  const config = parseConfig(settings, each.name);
  const resume = hasRun(path);
  if (resume && readResult(path) !== undefined) return;
  const original = await makeEnv(config.env, config.agent.gamma);
  const env = each.env?.(original) ?? original;
  const sizes = episodeSizes(env);
  const networks = networkSizes(sizes);
  const layouts = {
    actor: actorLayout(config.agent, networks),
    critic: criticLayouts(config.agent, networks)[0]!,
  };
  const intact = await loadEngine(config.agent.engine);
  const engine = each.learner?.(intact, layouts, sizes) ?? intact;
  const folder = resume
    ? reopenRunFolder(path)
    : createRunFolder(path, {
        config,
        seed,
        engine: engine.name,
        versions: describeVersions(),
        machine: describeMachine(),
        commit: null,
        created: new Date().toISOString(),
      });
  try {
    const { networks: changed } = each;
    if (changed !== undefined && listCheckpoints(folder.checkpoints).length === 0) {
      // Seeded as in runTraining, so that all other weights are equal.
      const agent = await Ddpg.create(config.agent, taskFacts(env), engine, Rng.fromSeed(seed).fork("agent"));
      const state = changed(agent.getState(), layouts);
      const progress = new TrainingProgress(seed).getState();
      saveRunState(folder.checkpoints, 0, { agent: state, progress, best: [], logs: {} });
      agent.dispose();
    }
    await runTraining({
      config,
      folder,
      env,
      engine,
      reporter: { advance() {}, evaluated() {}, print: (line) => process.stderr.write(`${line}\n`) },
      resume: resume || changed !== undefined,
      stopRequested: () => false,
    });
  } finally {
    folder.lock.release();
    env.dispose();
  }
}

function hasRun(path: string): boolean {
  try {
    readManifest(path);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

if (import.meta.filename === process.argv[1]) {
  const [name, id, seed, path] = process.argv.slice(2);
  const faultCase = CASES.find((each) => each.name === name);
  if (faultCase === undefined || id === undefined || path === undefined)
    throw new Error(`train-case: no case ${name}`);
  try {
    await trainCase(faultCase, id, Number(seed), path);
  } catch (error) {
    // A run that diverged is diagnosed by its folder.
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${name} ${id} s${seed}: ${error.message}\n`);
    process.exitCode = 2;
  }
}
