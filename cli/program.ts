/**
 * @file The commands, their flags and help; turns what went wrong into one line and an exit code.
 *
 * A command is imported when it is called: loading all of them takes most of the time of `--help` and of a refusal.
 */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Command, CommanderError, Option } from "commander";
import { InputError, suggest } from "../shared/errors.ts";
import { PRESETS } from "../shared/presets.ts";
import { addBenchCommands, addTuneCommand } from "./bench-program.ts";

/** Exit code for a person's mistake: bad flag, bad file, bad machine. */
const BAD_INPUT = 2;

const EXAMPLES = `
Examples:
  steadyarm train                                      sparse torque reach with the Panda, about a minute
  steadyarm train --env panda-reach --seed 3 --steps 20000 --out runs/x
  steadyarm train --set agent.her.k=0                  without hindsight: the sparse reward teaches nothing
  steadyarm train --resume runs/x                      go on after a kill, bit for bit
  steadyarm eval runs/x --episodes 100 --seed 7 --json
  steadyarm watch                                      see policies move in your browser, side by side
  steadyarm doctor runs/x                              why its actor does not learn; --cure tries the remedy
  steadyarm record runs/x --seed 7 --out x.episode     one episode as a file
  steadyarm case vanishing --quick                     why actors fail to learn, measured, as a page
  steadyarm settings                                   everything that --set and --config can change`;

/** Runs the words after `steadyarm`; returns the exit code. */
export async function run(words: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("steadyarm")
    .description(
      "Train a torque-driven robot arm with DDPG on sparse goals, and see why an actor fails to learn.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addHelpText("after", EXAMPLES)
    .configureOutput({ outputError: () => {} })
    .exitOverride();

  program
    .command("train")
    .summary("train an agent, or go on with a run")
    .description(
      "Train an agent into a run folder: manifest, metrics, checkpoints, result. Ctrl-C saves and says how to resume.",
    )
    .option("--env <id>", "environment (`steadyarm envs`); default panda-reach")
    .option("--reward <kind>", "sparse, dense or potential; default sparse")
    .option("--control <mode>", "what an action moves; default torque")
    .option("--seed <n>", "seed of everything random; default 1")
    .option("--steps <n>", "environment steps; default 20000")
    .option("--engine <name>", "onnx or tfjs; default onnx")
    .option(
      "--preset <name>",
      `${PRESETS.map(({ name }) => name).join(", ")}; default steady (\`steadyarm settings\` explains them)`,
    )
    .option("--config <file>", "YAML or JSON file of settings (`steadyarm settings`); - is standard input")
    .addOption(
      new Option(
        "--set <path=value>",
        "one setting, such as agent.her.k=0; repeatable, wins over the file",
      ).argParser((value: string, before: readonly string[] = []) => [...before, value]),
    )
    .option("--out <folder>", "run folder to make; default runs/<env>-<reward>-s<seed>-<n>")
    .option("--resume <folder>", "go on with this run from its last checkpoint; --steps may be raised")
    .option("--watch", "watch it meanwhile: prints the viewer's address")
    .option("--json", "print the result as JSON on stdout; progress goes to stderr")
    .action(async (flags) => {
      const { trainCommand } = await import("./train-command.ts");
      code = await trainCommand(flags);
    });

  program
    .command("eval")
    .summary("measure a trained policy")
    .description(
      "Play fresh episodes with a run's newest policy, without noise, and say how many end at the goal.",
    )
    .argument("<run>", "run folder, or a policy file in its policies/")
    .option("--episodes <n>", "how many", "100")
    .option("--seed <n>", "which episodes: the same seed, the same starts and goals", "1")
    .option(
      "--nominal",
      "without env.variation: no noise, delay, changed friction or arm; starts and goals stay",
    )
    .option("--json", "print one JSON object")
    .action(async (run: string, flags) => {
      const { evalCommand } = await import("./eval-command.ts");
      code = await evalCommand(run, flags);
    });

  program
    .command("watch")
    .summary("see policies move, side by side")
    .description(
      "Serve the 3D viewer on this machine and print its address: running or finished runs, policies, recorded episodes. Without a name it shows the zoo and runs/.",
    )
    .argument("[what...]", "run folders, policy files or .episode files; up to four are shown side by side")
    .option("--port <n>", "port; default 8420, or the next that is free")
    .option("--host <name>", "only this machine can watch", "127.0.0.1")
    .option("--no-open", "do not open the browser")
    .action(async (named: string[], flags) => {
      const { watchCommand } = await import("./watch-command.ts");
      code = await watchCommand(named, { ...flags, version: version() });
    });

  program
    .command("doctor")
    .summary("name why an actor does not learn")
    .description(
      "Look at a run, finished or not, and rank the causes why its actor does not learn, each with its evidence and the setting to try.",
    )
    .argument("<run>", "run folder")
    .option("--json", "print one JSON object")
    .option(
      "--cure",
      "train with the first finding's remedy and without it, and compare; runs go to <run>/cure/",
    )
    .option("--seeds <n>", "seeds of that comparison, from the run's own on", "5")
    .option("--jobs <n>", "runs at a time; each keeps one core busy", String(availableParallelism()))
    .action(async (run: string, flags) => {
      const { doctorCommand } = await import("./doctor-command.ts");
      code = await doctorCommand(run, flags);
    });

  program
    .command("record")
    .summary("record an episode to a file")
    .description("Play one episode of a policy, without a viewer, and write it to an .episode file.")
    .argument("<run>", "run folder, or a policy file in its policies/")
    .option("--seed <n>", "which episode: the same seed, the same start and goal", "1")
    .option("--step <n>", "training steps of the policy; default the newest")
    .option("--noise <x>", "deviation of Gaussian noise on each action, 0 to 1", "0")
    .option("--out <file>", "file to make; default <run>-s<seed>.episode")
    .option("--json", "print one JSON object")
    .action(async (run: string, flags) => {
      const { recordCommand } = await import("./record-command.ts");
      code = await recordCommand(run, flags);
    });

  addBenchCommands(program, (ended) => {
    code = ended;
  });
  addTuneCommand(program, (ended) => {
    code = ended;
  });

  program
    .command("case")
    .summary("measure why actors fail to learn, claim by claim")
    .description(
      "Measure a case of failing actors, in small and on the arm, with its remedies on the same seeds, and write a page with a verdict on each claim: vanishing (gradients), variance (of the critic), sparse (rewards). Ctrl-C saves; the same command goes on.",
    )
    .argument("<name>", "vanishing, variance or sparse")
    .option("--out <folder>", "folder to write index.html, case.json and runs/ to; default cases/<name>")
    .option("--seeds <n>", "seeds 1 to n; default 5")
    .option("--steps <n>", "environment steps of each run; default 20000")
    .option("--jobs <n>", "runs at a time; default one a core")
    .option("--quick", "2 seeds and 6000 steps: shows how it works, proves nothing")
    .option("--json", "print all numbers as one JSON object on stdout; progress goes to stderr")
    .option("--open", "open the page in the browser when it is there")
    .action(async (name: string, flags) => {
      const { caseCommand } = await import("./case-command.ts");
      code = await caseCommand(name, flags);
    });

  program
    .command("envs")
    .summary("list the environments")
    .description(
      "List the environments: sizes of observation, goal and action, and what an action of ±1 means.",
    )
    .option("--json", "print a JSON array")
    .action(async (flags) => {
      const { envsCommand } = await import("./envs-command.ts");
      code = await envsCommand(flags);
    });

  program
    .command("check-env")
    .summary("check an environment against what every one promises")
    .description(
      "Check an environment against every promise of the contract: spaces, seeds, rewards, endings, refusals, memory. Exits with 1 if one is broken.",
    )
    .argument("[id]", "environment (`steadyarm envs`); none for an arm from --set env.urdf.file=…")
    .option("--control <mode>", "what an action moves; default torque")
    .option("--reward <kind>", "sparse, dense or potential; default sparse")
    .addOption(
      new Option("--set <path=value>", "one setting, such as env.torqueScale=0.5; repeatable").argParser(
        (value: string, before: readonly string[] = []) => [...before, value],
      ),
    )
    .option("--json", "print one JSON object")
    .action(async (id: string | undefined, flags) => {
      const { checkEnvCommand } = await import("./check-env-command.ts");
      code = await checkEnvCommand(id, flags);
    });

  program
    .command("settings")
    .summary("list every setting of a run")
    .description(
      "List every setting of a run with its default, what it accepts, what it does and where it is from.",
    )
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
    return explain(error, program, words);
  }
}

function explain(error: unknown, program: Command, words: readonly string[]): number {
  if (error instanceof CommanderError) {
    // A group without a command, such as bench alone, has printed its help.
    if (error.exitCode === 0 || error.code === "commander.help") return 0;
    process.stderr.write(`${commandLineFault(error, program, words)}\n`);
    return BAD_INPUT;
  }
  if (error instanceof InputError) {
    const lines = error.message.split("\n").map((line) => `steadyarm: ${line}\n`);
    process.stderr.write(lines.join(""));
    return BAD_INPUT;
  }
  process.stderr.write(`steadyarm: a fault of this program, please report it\n`);
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

/** Commander's message in our shape: what is wrong, then what was meant or where help is. */
function commandLineFault(error: CommanderError, program: Command, words: readonly string[]): string {
  const command = program.commands.map((each) => each.name()).find((name) => words.includes(name));
  if (error.code === "commander.unknownCommand") {
    // Of a group such as bench, the word after its name is the one that is not known.
    const group = program.commands.find((each) => each.commands.length > 0 && each.name() === words[0]);
    const word = words.slice(group === undefined ? 0 : 1).find((each) => !each.startsWith("-")) ?? "";
    const names = (group ?? program).commands.map((each) => each.name());
    const within = group === undefined ? "" : ` ${group.name()}`;
    return `steadyarm${within}: unknown command ${JSON.stringify(word)}. ${suggest(word, names)}`;
  }
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\(Did you mean (.*)\?\)/, ". Did you mean $1?");
  const help = message.includes("Did you mean")
    ? ""
    : `. See \`steadyarm ${command ?? ""} --help\``.replace("  ", " ");
  return `steadyarm${command === undefined ? "" : ` ${command}`}: ${message}${help}`;
}

/** Of this package. */
export function version(): string {
  // From dist/cli and from cli alike, package.json lies in the first folder above that has one.
  for (const up of ["../package.json", "../../package.json"]) {
    try {
      const { version: found }: { version?: unknown } = JSON.parse(
        readFileSync(new URL(up, import.meta.url), "utf8"),
      );
      if (typeof found === "string") return found;
    } catch {}
  }
  return "unknown";
}
