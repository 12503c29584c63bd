/**
 * @file Trains one case of bench/doctor.ts in a process of its own: an ordinary run, but for what is broken in it.
 *
 *     tsx bench/faults/train-case.ts <case> <environment> <seed> <folder>
 */

import { actorLayout, criticLayouts } from "../../agent/architecture.ts";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { makeEnv } from "../../env/registry.ts";
import { parseConfig, setByPath } from "../../shared/config.ts";
import { episodeSizes } from "../../shared/episode.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";
import { listCheckpoints } from "../../storage/checkpoint-folder.ts";
import { describeMachine, describeVersions } from "../../storage/machine.ts";
import { readManifest } from "../../storage/manifest.ts";
import { createRunFolder, reopenRunFolder } from "../../storage/run-folder.ts";
import { readResult } from "../../storage/run-result.ts";
import { saveRunState } from "../../training/checkpoint.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { runTraining } from "../../training/training-run.ts";
import { CASES, type Case, PLACES, type Place } from "./cases.ts";

/** Trains a case into a folder; a complete run is left alone, one begun is gone on with. */
export async function trainCase(
  each: Case,
  id: string,
  seed: number,
  path: string,
  place: Place | undefined = PLACES[id],
): Promise<void> {
  if (place === undefined) throw refuse("environment", Object.keys(PLACES).join(" or "), id);
  const steps = Math.round(place["train.steps"] * (each.stepsFactor ?? 1));
  const settings: Record<string, unknown> = {};
  const given = { ...place, ...each.set, "env.id": id, "train.seed": seed, "train.steps": steps };
  for (const [key, value] of Object.entries(given)) setByPath(settings, key, value);
  const config = parseConfig(settings, each.name);
  const begun = hasRun(path);
  if (begun && readResult(path) !== undefined) return;
  const engine = await loadEngine(config.agent.engine);
  const whole = await makeEnv(config.env, config.agent.gamma);
  const env = each.env?.(whole) ?? whole;
  const folder = begun
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
    const { networks } = each;
    if (networks !== undefined && listCheckpoints(folder.checkpoints).length === 0) {
      const sizes = episodeSizes(env);
      // As runTraining makes it, so that the seed gives the same weights but for what is broken.
      const agent = await Ddpg.create(config.agent, taskFacts(env), engine, Rng.fromSeed(seed).fork("agent"));
      const shape = { inputs: sizes.observation + sizes.goal, actions: sizes.action };
      const layouts = {
        actor: actorLayout(config.agent, shape),
        critic: criticLayouts(config.agent, shape)[0]!,
      };
      const state = networks(agent.getState(), layouts);
      const progress = new TrainingProgress(seed).getState();
      saveRunState(folder.checkpoints, 0, { agent: state, progress, logs: {} });
      agent.dispose();
    }
    await runTraining({
      config,
      folder,
      env,
      engine,
      reporter: { advance() {}, evaluated() {}, print: (line) => process.stderr.write(`${line}\n`) },
      resume: begun || networks !== undefined,
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
  const found = CASES.find((each) => each.name === name);
  if (found === undefined || id === undefined || path === undefined)
    throw new Error(`train-case: no case ${name}`);
  try {
    await trainCase(found, id, Number(seed), path);
  } catch (error) {
    // Training that diverges says so and ends: the doctor is shown what it left behind.
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${name} ${id} s${seed}: ${error.message}\n`);
    process.exitCode = 2;
  }
}
