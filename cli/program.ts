/**
 * @file Declares the commands with their flags and help.
 *
 * Each command's module is imported when the command runs: importing all of them would make `--help` and error messages
 * slow.
 */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { PRESETS } from "../shared/presets.ts";
import { packageRoot } from "../storage/package-root.ts";
import { addBenchCommands, addTuneCommand } from "./bench-program.ts";
import { printError } from "./print-error.ts";

const EXAMPLES = `
Examples:
  steadyarm train                                      train the Panda to reach by joint torques, about a minute
  steadyarm train --env panda-reach --seed 3 --steps 20000 --out runs/x
  steadyarm train --set agent.her.k=0                  without HER, which a sparse reward needs
  steadyarm train --resume runs/x                      resume after a kill; the results are the same bits
  steadyarm eval runs/x --episodes 100 --seed 7 --json
  steadyarm eval runs/x --seconds 60 --push 40         does it hold its goal for a minute, and come back from pushes
  steadyarm watch                                      watch policies in the browser, side by side
  steadyarm zoo                                        list the trained policies that come with it
  steadyarm doctor runs/x                              diagnose why the actor does not learn; --cure tests the fix
  steadyarm import robot.urdf                          examine your own arm, and print the command that trains it
  steadyarm record runs/x --seed 7 --out x.episode     record an episode to a file
  steadyarm export runs/x --onnx policy.onnx           write the policy for other programs
  steadyarm serve-env --env panda-reach                for Gymnasium and Stable-Baselines3 (docs/gymnasium.md)
  steadyarm record --scripted panda-push --out demos   record demonstrations, for train --demos demos
  steadyarm case vanishing --quick                     measure a cause of failing actors, with a report
  steadyarm settings                                   list everything that --set and --config can change`;

/** Runs the command given by the words after `steadyarm`. Returns the exit code. */
export async function run(words: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("steadyarm")
    .description(
      "Train a torque-controlled robot arm with DDPG and HER on sparse rewards, and diagnose why an actor fails to learn.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addHelpText("after", EXAMPLES)
    .configureOutput({ outputError: () => {} })
    .exitOverride();

  program
    .command("train")
    .summary("train an agent, or resume a run")
    .description(
      "Train an agent. Writes a run folder: manifest, metrics, checkpoints, policies, result. Ctrl-C saves, then prints how to resume.",
    )
    .option(
      "--env <id>",
      "environment (see `steadyarm envs`), or a module that makes your own, such as ./rail.ts; default panda-reach",
    )
    .option("--reward <kind>", "sparse, dense or potential; default sparse")
    .option("--control <mode>", "torque, velocity, position or ee (end effector); default torque")
    .option("--seed <n>", "seed of all randomness; default 1")
    .option(
      "--steps <n>",
      "environment steps; default that of the preset: 30000 for steady, 300000 or until solved for object tasks, 20000 otherwise",
    )
    .option("--engine <name>", "runs the updates: onnx or tfjs; default onnx")
    .option(
      "--preset <name>",
      `${PRESETS.map(({ name }) => name).join(", ")}; default that of the task, steady for reaching (see \`steadyarm settings\`)`,
    )
    .option(
      "--config <file>",
      "YAML or JSON file of settings (see `steadyarm settings`); - is standard input",
    )
    .addOption(settingOption("one setting, such as agent.her.k=0; repeatable, overrides the file"))
    .option(
      "--demos <folder>",
      "learn from these demonstrations too (see `steadyarm record --scripted`, docs/demonstrations.md)",
    )
    .option("--out <folder>", "run folder to create; default runs/<env>-<reward>-s<seed>-<n>")
    .option("--resume <folder>", "resume this run from its last checkpoint; --steps may be raised")
    .option(
      "--watch",
      "start the viewer on this run and print its address; it serves the complete run until Ctrl-C, except with --json",
    )
    .option("--no-open", "with --watch: do not open the browser")
    .option("--json", "print the result as JSON on stdout; progress goes to stderr")
    .action(async (flags) => {
      const { trainCommand } = await import("./train-command.ts");
      code = await trainCommand(flags);
    });

  program
    .command("eval")
    .summary("measure a trained policy")
    .description(
      "Run evaluation episodes with a run's policy, without exploration noise, and print the success rate.",
    )
    .argument("<run>", "run folder, or a policy file in its policies/")
    .option("--episodes <n>", "number of episodes", "100")
    .option("--seed <n>", "seed of starts and goals", "1")
    .option(
      "--nominal",
      "without env.variation: no observation noise, delay, or variation of arm and friction",
    )
    .option(
      "--seconds <s>",
      "continue beyond the time limit and measure how long goals are held (docs/holding.md)",
    )
    .option("--push <N>", "push a random link for 0.2 s, every 5 s; --seconds defaults to 20")
    .option("--moving-goal <m/s>", "move the goal at this speed; --seconds defaults to 20")
    .option("--random-posture", "start at random joint angles; --seconds defaults to 20")
    .option(
      "--jobs <n>",
      "threads of these tests; results do not depend on it",
      String(availableParallelism()),
    )
    .option("--json", "print one JSON object")
    .action(async (run: string, flags) => {
      const { evalCommand } = await import("./eval-command.ts");
      code = await evalCommand(run, flags);
    });

  program
    .command("watch")
    .summary("watch policies in the browser, side by side")
    .description(
      "Serve the 3D viewer on this machine and print its address. It shows running and finished runs, policies and recorded episodes; without arguments, the newest run in runs/ beside the zoo.",
    )
    .argument("[sources...]", "run folders, policy files or .episode files, up to four side by side")
    .option("--port <n>", "port; default 8420 or the next free one")
    .option("--host <name>", "address to listen on; must be this machine's loopback", "127.0.0.1")
    .option("--no-open", "do not open the browser")
    .action(async (named: string[], flags) => {
      const { watchCommand } = await import("./watch-command.ts");
      code = await watchCommand(named, { ...flags, version: version() });
    });

  program
    .command("doctor")
    .summary("diagnose why an actor does not learn")
    .description(
      "Examine a run, finished or not, and rank the likely causes of its actor not learning, each with evidence and a setting to try.",
    )
    .argument("<run>", "run folder")
    .option("--json", "print one JSON object")
    .option(
      "--cure [cause]",
      "train with and without a finding's remedy, by default the first one's, and compare; runs are written to <run>/cure/",
    )
    .option("--quick", "leave out the long roll-out of a policy that succeeds, about 3 s")
    .option("--seeds <n>", "number of seeds of that comparison, starting with the run's", "5")
    .option("--jobs <n>", "runs at a time; each uses one core", String(availableParallelism()))
    .action(async (run: string, flags) => {
      const { doctorCommand } = await import("./doctor-command.ts");
      code = await doctorCommand(run, flags);
    });

  program
    .command("record")
    .summary("record an episode to a file, or demonstrations to a folder")
    .description(
      "Run one episode of a policy and write it to an .episode file, which `steadyarm watch` plays. With --scripted, record episodes of a task's script to a folder, which `steadyarm train --demos` learns from.",
    )
    .argument("[run]", "run folder, or a policy file in its policies/; not with --scripted")
    .option("--scripted <env>", "record demonstrations of this environment's script instead of a policy")
    .option("--control <mode>", "with --scripted: torque, velocity, position or ee; default torque")
    .option("--episodes <n>", "with --scripted: number of episodes; default 400")
    .addOption(settingOption("with --scripted: one setting, such as env.torqueScale=0.5; repeatable"))
    .option("--seed <n>", "seed of start and goal, or of all demonstrations", "1")
    .option("--step <n>", "training step of the policy; default the newest")
    .option(
      "--noise <x>",
      "std of Gaussian noise on each action, 0 to 1; default 0, with --scripted 0.1, or 0.03 for sliding by ee",
    )
    .option("--out <path>", "file to create, default <run>-s<seed>.episode; with --scripted a folder")
    .option("--json", "print one JSON object")
    .action(async (run: string | undefined, flags) => {
      const { recordCommand } = await import("./record-command.ts");
      code = await recordCommand(run, flags);
    });

  program
    .command("replay")
    .summary("play the episode again in which training stopped with an error")
    .description(
      "Play the episode again in which a run stopped because of a number that is not finite, or another error of its environment, and print its last steps.",
    )
    .argument("<run>", "run folder")
    .option("--steps <n>", "number of steps to print", "10")
    .option("--json", "print one JSON object")
    .action(async (run, flags) => {
      const { replayCommand } = await import("./replay-command.ts");
      code = await replayCommand(run, flags);
    });

  program
    .command("export")
    .summary("write a policy for other programs")
    .description(
      "Write a run's policy as an ONNX model: observation and desired goal in, action out, with normalisation and clipping inside (docs/policies.md).",
    )
    .argument("<run>", "run folder, a policy file in its policies/, or zoo/<name>")
    .option("--onnx <file>", "file to create, such as policy.onnx")
    .option("--json", "print one JSON object")
    .action(async (run: string, flags) => {
      const { exportCommand } = await import("./export-command.ts");
      code = exportCommand(run, flags);
    });

  addBenchCommands(program, (ended) => {
    code = ended;
  });
  addTuneCommand(program, (ended) => {
    code = ended;
  });

  program
    .command("case")
    .summary("measure a cause of failing actors, claim by claim")
    .description(
      "Measure a cause of failing actors, in a miniature and on the arm, with its remedies on the same seeds, and write a report with a verdict on each claim. Cases: vanishing (gradients), variance (of the critic), sparse (rewards). Ctrl-C saves; the same command resumes.",
    )
    .argument("<name>", "vanishing, variance or sparse")
    .option("--out <folder>", "folder for index.html, case.json and runs/; default cases/<name>")
    .option("--seeds <n>", "seeds 1 to n; default 5")
    .option("--steps <n>", "environment steps of each run; default 20000")
    .option("--jobs <n>", "runs at a time; default one per core")
    .option("--quick", "2 seeds and 6000 steps: a demonstration, too few for conclusions")
    .option("--json", "print all results as one JSON object on stdout; progress goes to stderr")
    .option("--open", "open the report in the browser")
    .action(async (name: string, flags) => {
      const { caseCommand } = await import("./case-command.ts");
      code = await caseCommand(name, flags);
    });

  program
    .command("envs")
    .summary("list the environments")
    .description(
      "List the environments: sizes of observation, goal and action, and the meaning of an action of ±1.",
    )
    .option("--json", "print a JSON array")
    .action(async (flags) => {
      const { envsCommand } = await import("./envs-command.ts");
      code = await envsCommand(flags);
    });

  program
    .command("zoo")
    .summary("list the trained policies that come with steadyarm")
    .description(
      "List the trained policies that come with steadyarm: task, control, success rate over fresh episodes, training steps and minutes.",
    )
    .option("--json", "print a JSON array, with the commands that trained them")
    .action(async (flags) => {
      const { zooCommand } = await import("./zoo-command.ts");
      code = zooCommand(flags);
    });

  program
    .command("check-env")
    .summary("check that an environment keeps its contract")
    .description(
      "Check an environment against the contract of all environments: spaces, seeding, rewards, termination, invalid input, memory. Exits with 1 if a check fails.",
    )
    .argument(
      "[id]",
      "environment (see `steadyarm envs`) or a module such as ./rail.ts; omit it for an arm from --set env.urdf.file=…",
    )
    .option("--control <mode>", "torque, velocity, position or ee (end effector); default torque")
    .option("--reward <kind>", "sparse, dense or potential; default sparse")
    .addOption(settingOption("one setting, such as env.torqueScale=0.5; repeatable"))
    .option("--json", "print one JSON object")
    .action(async (id: string | undefined, flags) => {
      const { checkEnvCommand } = await import("./check-env-command.ts");
      code = await checkEnvCommand(id, flags);
    });

  program
    .command("serve-env")
    .summary("serve an environment to Gymnasium and other programs")
    .description(
      "Serve an environment over standard input and output, in a binary protocol that the Python package steadyarm_gym speaks (docs/gymnasium.md). Ends when standard input does.",
    )
    .option("--env <id>", "environment (see `steadyarm envs`) or a module such as ./rail.ts")
    .option("--control <mode>", "torque, velocity, position or ee (end effector); default torque")
    .option("--reward <kind>", "sparse, dense or potential; default sparse")
    .addOption(settingOption("one setting, such as env.torqueScale=0.5; repeatable"))
    .action(async (flags) => {
      const { serveEnvCommand } = await import("./serve-env-command.ts");
      code = await serveEnvCommand({ ...flags, version: version() });
    });

  program
    .command("import <file>")
    .summary("examine an arm's URDF or MJCF file")
    .description(
      "Read an arm from a URDF (not xacro) or MJCF file without training: its joints with limits and torques, its masses and reach, what is assumed where the file lacks something, what is left out, and the command that trains it.",
    )
    .addOption(settingOption("a setting of the arm, such as env.urdf.tip=tool0; repeatable"))
    .option("--json", "print one JSON object")
    .option("--picture <file>", "create a picture of the arm at home, such as arm.png")
    .addHelpText(
      "after",
      "\nExample:\n  steadyarm import robot.urdf --set env.urdf.tip=tool0 --picture arm.png",
    )
    .action(async (file: string, flags) => {
      const { importCommand } = await import("./import-command.ts");
      code = importCommand(file, flags);
    });

  program
    .command("settings")
    .summary("list every setting of a run")
    .description("List every setting of a run: default, meaning, valid values and the source of the default.")
    .option("--json", "print a JSON array")
    .action(async (flags) => {
      const { settingsCommand } = await import("./settings-command.ts");
      code = settingsCommand(flags);
    });

  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    return printError(error, program, words);
  }
}

function settingOption(meaning: string): Option {
  const append = (value: string, before: readonly string[] = []) => [...before, value];
  return new Option("--set <path=value>", meaning).argParser(append);
}

function version(): string {
  const { version: found }: { version: string } = JSON.parse(
    readFileSync(join(packageRoot(), "package.json"), "utf8"),
  );
  return found;
}
