/**
 * @file Builds `@tensorflow/tfjs-node` from registry packages, for machines where its own download is not available:
 * `npm run tfjs-node:local`.
 *
 * The npm package has the binding's C++ source; the Python wheel of TensorFlow has the library and its C headers.
 * Needs Linux on x64, python3 with pip, and g++. It changes `node_modules` only; `npm ci` undoes it. It can be
 * interrupted and repeated at any point.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError, refuse, unquoted } from "../shared/errors.ts";

const ROOT = join(import.meta.dirname, "..");
const WHERE = "tfjs-node:local";

const PACKAGE = { name: "@tensorflow/tfjs-node", version: "4.22.0" };
/** Node's headers as a package, because some distributions of Node come without them. */
const HEADERS = { name: "node-api-headers", version: "1.9.0" };
const WHEEL = "tensorflow-cpu==2.12.1";
const WHEEL_SHA256 = "7ffb595707a8fb376deaddc768784c7a0242b16cbc6e06393b1733b2ce19f855";
/** The wheel for CPython 3.11, with any Python: only its library and headers are used. */
const WHEEL_TAGS = [
  "--python-version=3.11",
  "--implementation=cp",
  "--abi=cp311",
  "--platform=manylinux2014_x86_64",
];
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
/** The files of an unpacked library; distinguishes a complete one from one of another installer. */
const UNPACKED = [...LIBRARIES.map((name) => `lib/${name}`), "include/tensorflow/c/c_api.h"];

/** Unpacks the libraries and the headers of the C interface: `python3 -c … <wheel> <into> <library> …`. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, into, *libraries = sys.argv[1:]
headers = tuple("tensorflow/include/tensorflow/" + each for each in ("c/", "tsl/", "core/platform/ctstring"))
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith(headers) and name.endswith(".h"):
            target = os.path.join(into, "include", name[len("tensorflow/include/"):])
        elif os.path.dirname(name) == "tensorflow" and os.path.basename(name) in libraries:
            target = os.path.join(into, "lib", os.path.basename(name))
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, "wb") as copy:
            shutil.copyfileobj(source, copy)
`;

/** Runs a program. Throws InputError with the end of its output if it is missing or fails. */
function run(program: string, args: readonly string[], remedy: string, cwd = ROOT): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (error !== undefined) throw refuse(WHERE, `to run ${program}`, unquoted(error.message), remedy);
  if (status !== 0) {
    const end = `${stdout}\n${stderr}`.trim().split("\n").slice(-3).join(" ").replace(/\s+/g, " ");
    throw refuse(WHERE, `${[program, ...args.slice(0, 2)].join(" ")} to succeed`, unquoted(end), remedy);
  }
}

function installed({ name, version }: typeof PACKAGE): string {
  return `${name}@${version}`;
}

function installPackages(): void {
  console.log(`installing ${installed(PACKAGE)} without its install script`);
  const flags = ["--ignore-scripts", "--no-save", "--no-audit", "--no-fund"];
  run(
    "npm",
    ["install", ...flags, installed(PACKAGE), installed(HEADERS)],
    "Check the connection to the registry",
  );
}

/** Downloads and unpacks the library, unless it is there. */
function unpackLibrary(deps: string): void {
  if (UNPACKED.every((file) => existsSync(join(deps, file)))) return;
  const temporary = `${deps}.unpacking`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  console.log(`downloading ${WHEEL} (232 MB)`);
  const requirements = join(temporary, "requirements.txt");
  writeFileSync(requirements, `${WHEEL} --hash=sha256:${WHEEL_SHA256}\n`);
  const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"];
  const target = ["--dest", temporary, "--requirement", requirements];
  run("python3", [...pip, ...WHEEL_TAGS, ...target], "Check the connection to the Python package index");
  const wheel = readdirSync(temporary).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw refuse(WHERE, `a wheel of ${WHEEL}`, unquoted("none"));
  console.log("unpacking library and headers");
  const unpacked = join(temporary, "deps");
  run("python3", ["-c", UNPACK, join(temporary, wheel), unpacked, ...LIBRARIES], "Free 2 GB of disk space");
  // Renamed once complete, so that an interrupted run leaves no partial library.
  rmSync(deps, { recursive: true, force: true });
  renameSync(unpacked, deps);
  rmSync(temporary, { recursive: true });
}

function compileBinding(folder: string): void {
  console.log("compiling the binding");
  const binding = join(folder, "lib/napi-v8/tfjs_binding.node");
  mkdirSync(dirname(binding), { recursive: true });
  const headers = join(ROOT, "node_modules", HEADERS.name, "include");
  const args = [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    ...["-I.", "-Ideps/include", `-I${headers}`],
    ...["binding/tfjs_backend.cc", "binding/tfjs_binding.cc"],
    ...["-o", `${binding}.compiling`],
    ...["-Ldeps/lib", ...LIBRARIES.map((name) => `-l:${name}`), "-Wl,-rpath,$ORIGIN/../../deps/lib"],
  ];
  run("g++", args, "g++ 9 or newer is needed", folder);
  renameSync(`${binding}.compiling`, binding);
}

function main(): void {
  if (process.platform !== "linux" || process.arch !== "x64") {
    const machine = unquoted(`${process.platform} on ${process.arch}`);
    const remedy = "Use `npm rebuild @tensorflow/tfjs-node`, which downloads a library for this machine";
    throw refuse(WHERE, "Linux on x64, the platform of the wheel", machine, remedy);
  }
  run("g++", ["--version"], "Install it, for example with `apt-get install g++`");
  run("python3", ["-m", "pip", "--version"], "Install it, for example with `apt-get install python3-pip`");
  installPackages();
  const folder = join(ROOT, "node_modules", PACKAGE.name);
  unpackLibrary(join(folder, "deps"));
  compileBinding(folder);
  console.log("built: `npm run test:tfjs-node` tests it, `npm ci` removes it");
}

try {
  main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
