/** @file Faults that are put into the program one at a time; the named test must then fail. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the program.

/** A replacement in one file. */
export interface SeededFault {
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** `<file under test/> › <title of the test>`. */
  readonly test: string;
}

const fault = (test: string, file: string, from: string, to: string): SeededFault => ({
  file,
  from,
  to,
  test,
});

const CHECK = "storage/checkpoint-folder.test.ts › ";
const TENSORS = "storage/safetensors.test.ts › ";
const LOCK = "storage/run-lock.integration.test.ts › ";
const GUARD = "viewer/server/guard.test.ts › ";
const SETTINGS = "cli/settings-file.test.ts › ";
const ARM = "env/arm/arm-world.test.ts › ";
const CONTRACT = "env/check/contract.integration.test.ts › ";
const STATE = "env/state.integration.test.ts › ";
const REPLAY = "agent/replay-buffer.test.ts › ";
const ARCHIVE = "experiments/queue/run-archive.test.ts › ";
const JSON_TEXT = "storage/strict-json.test.ts › is rejected with %s";
const CHECKED = "storage/checked-files.test.ts › refuses every flipped bit: ";
const BROKEN_ENVS = "env/check/check-env.test.ts › reports an environment that %s as exactly: %s";
const ROLLOUT = "training/rollout.test.ts › ";
const CLIP =
  "shared/errors.test.ts › clips to its bounds and rejects non-finite numbers and wrong lengths without writing";

export const SEEDED_FAULTS: readonly SeededFault[] = [
  // One line that several cases depend on.
  fault(
    "viewer/server/attacks.integration.test.ts › closes each of 400 sockets that send invalid frames with the right code",
    "viewer/server/watch-server.ts",
    "maxPayload: MAX_REQUEST_BYTES,",
    "maxPayload: 2 ** 30,",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › closes fifty sockets that send endless fragments",
    "viewer/server/watch-server.ts",
    "maxFragments: MAX_FRAGMENTS,",
    "maxFragments: 2 ** 20,",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › negotiates no compression",
    "viewer/server/watch-server.ts",
    "perMessageDeflate: false,",
    "perMessageDeflate: true,",
  ),
  fault(
    `${GUARD}listens on the loopback interface only`,
    "viewer/server/watch-server.ts",
    "http.listen(port, HOST, () => {",
    "http.listen(port, () => {",
  ),
  fault(
    `${GUARD}sends security headers with every answer, and allows no method but GET and HEAD`,
    "viewer/server/page-handler.ts",
    '  response.setHeader("X-Content-Type-Options", "nosniff");\n',
    "",
  ),
  fault(
    "shared/protocol.test.ts › are rejected with an extra field, a missing field, or a field of another type",
    "shared/protocol.ts",
    'z.strictObject({ op: z.literal("join"), request: Request, session: Count }),',
    'z.object({ op: z.literal("join"), request: Request, session: Count }),',
  ),
  fault(
    "shared/config.test.ts › names both of two settings that are valid only separately",
    "shared/config.ts",
    "if (agent.batchSize > agent.replayCapacity) {",
    "if (false) {",
  ),
  fault(
    "experiments/sweep/comparison.test.ts › renders to one self-contained page with every seed and escaped names",
    "experiments/report/markup.ts",
    '    .replaceAll("<", "&lt;")\n',
    "",
  ),
  fault(
    "experiments/sweep/plan.test.ts › derives the job id from settings, seed and code version",
    "experiments/sweep/plan.ts",
    "const text = `${code} ${canonicalJson(config)}`;",
    "const text = canonicalJson(config);",
  ),
  fault(
    "env/tasks/reward-terms.test.ts › a step's %s reward is the goal reward plus the terms",
    "env/arm-episode.ts",
    "reward: terms.reduce((sum, term) => sum + term, goalReward),",
    "reward: goalReward,",
  ),
  fault(
    "architecture.test.ts › does not use Math.random or the clock in seeded folders",
    "env/tasks/reward.ts",
    "export const SUCCESS_DISTANCE",
    "void Math.random();\nexport const SUCCESS_DISTANCE",
  ),
  fault(
    "env/registry.test.ts › suggests the nearest name for a misspelt one, and lists all names for an unknown one",
    "env/registry.ts",
    'throw refuse("env.id", "an environment\'s name", id, suggest(id, Object.keys(ENVIRONMENTS)));',
    'throw refuse("env.id", "an environment\'s name", id);',
  ),
  // Files.
  fault(
    `${CHECK}is rejected if one bit flips: 2,000 random bits of all files (seed 3)`,
    "storage/checkpoint-folder.ts",
    "if (sha256([bytes]) !== digest) {",
    "if (false) {",
  ),
  fault(
    `${CHECK}is found by step, not by name or date, among names that are not checkpoints`,
    "storage/checkpoint-folder.ts",
    "/^step-(0|[1-9]\\d{0,15})$/",
    "/step-(\\d+)/",
  ),
  fault(
    `${CHECK}is found by step, not by name or date, among names that are not checkpoints`,
    "storage/checkpoint-folder.ts",
    ".sort((a, b) => a - b);",
    ".sort();",
  ),
  fault(
    `${CHECK}keeps the newest checkpoints and removes those after the step just saved`,
    "storage/checkpoint-folder.ts",
    ".slice(-keep)",
    ".slice(0, keep)",
  ),
  fault(
    `${CHECK}removes nothing unless the step just saved is kept`,
    "storage/checkpoint-folder.ts",
    "if (keep < 1 || !kept.has(newest)) {",
    "if (keep < 1) {",
  ),
  fault(
    `${CHECK}is skipped with a warning if it is damaged`,
    "storage/checkpoint-folder.ts",
    "      warn(`${error.message}. Skipping",
    "      throw error; warn(`${error.message}. Skipping",
  ),
  fault(
    `${CHECK}is not skipped if a newer steadyarm wrote it`,
    "storage/checkpoint-folder.ts",
    "if (!(error instanceof InputError) || error instanceof SchemaMismatch) throw error;\n      warn",
    "if (!(error instanceof InputError)) throw error;\n      warn",
  ),
  fault(
    `${CHECK}is not written with a non-finite weight, and earlier ones are unchanged`,
    "storage/safetensors.ts",
    "if (!allowNonFinite) refuseNonFinite(tensor.data, path);",
    "",
  ),
  fault(
    `${CHECK}cannot make its reader open a file outside its folder`,
    "storage/checkpoint-index.ts",
    "/^[a-z0-9-]+\\.safetensors$/",
    "/^[^]+\\.safetensors$/",
  ),
  fault(
    `${CHECK}does not exist if all are damaged`,
    "storage/checkpoint-folder.ts",
    'throw refuse(folder, "a valid checkpoint", unquoted(`none in ${steps.length}`));',
    "return { step: 0, state: {} };",
  ),
  fault(
    `${CHECK}is kept if it is valid and replaced if it is damaged`,
    "storage/checkpoint-folder.ts",
    "if (isValid(folder, step, options)) return false;",
    "return false;",
  ),
  fault(
    `${TENSORS}rejects a file truncated at any byte or with trailing bytes`,
    "storage/safetensors.ts",
    "if (covered !== length)",
    "if (false)",
  ),
  fault(
    `${TENSORS}rejects a header length of 2⁶³, past the end or 0, without allocating memory for it`,
    "storage/safetensors.ts",
    "if (length > BigInt(most))",
    "if (false)",
  ),
  fault(
    `${TENSORS}rejects NaN and infinity unless allowed, and leaves the existing file unchanged`,
    "storage/safetensors.ts",
    "if (!Number.isFinite(numbers[i]!))",
    "if (false)",
  ),
  fault(`${TENSORS}rejects %s`, "storage/safetensors.ts", "if (begin !== covered)", "if (false)"),
  fault(`${TENSORS}rejects %s`, "storage/safetensors.ts", "if (!Number.isSafeInteger(size))", "if (false)"),
  fault(`${TENSORS}rejects %s`, "storage/safetensors.ts", "if (end - begin !== size)", "if (false)"),
  fault(
    JSON_TEXT,
    "storage/strict-json.ts",
    "if (countMembers(value, where) !== members)",
    "if (countMembers(value, where) < 0)",
  ),
  fault(
    JSON_TEXT,
    "storage/strict-json.ts",
    'new Set(["__proto__", "constructor", "prototype"])',
    'new Set(["none"])',
  ),
  fault(
    "storage/strict-json.test.ts › is not written deeper than it can be read",
    "storage/strict-json.ts",
    "if (depth > maxDepth)",
    "if (false)",
  ),
  fault(
    "storage/strict-json.test.ts › is rejected as no UTF-8 text with %s",
    "storage/strict-json.ts",
    "fatal: true",
    "fatal: false",
  ),
  fault(
    `${CHECKED}manifest`,
    "storage/checked-json.ts",
    "if (isIntact && Buffer.from(formatChecked(fields, where)).equals(bytes)) return;",
    "return;",
  ),
  fault(
    `${CHECKED}result`,
    "storage/checked-json.ts",
    "if (isIntact && Buffer.from(formatChecked(fields, where)).equals(bytes)) return;",
    "if (!isIntact || isIntact) return;",
  ),
  fault(
    `${CHECKED}policy`,
    "storage/checked-tensors.ts",
    "if (checksum !== undefined && placeChecksum",
    "if (checksum !== undefined || placeChecksum",
  ),
  fault(
    "storage/atomic-file.test.ts › are recognised by name, and only they are removed",
    "storage/atomic-file.ts",
    "/^\\..+\\.\\d+-\\d+\\.tmp$/",
    "/tmp/",
  ),
  fault(
    "storage/atomic-file.test.ts › appears with all of its files",
    "storage/atomic-file.ts",
    "for (const [name, content] of files) {",
    "for (const [name, content] of [...files].slice(1)) {",
  ),
  fault(
    "storage/full-disk.integration.test.ts › leaves the old file unchanged, at whichever page of the new one it fills up",
    "storage/atomic-file.ts",
    "    writeDurably(temporary, content);\n    renameSync(temporary, path);",
    "    writeDurably(path, content);",
  ),
  fault(
    "storage/full-disk.integration.test.ts › leaves complete lines in a log, which continues once space is free",
    "storage/append-file.ts",
    "      ftruncateSync(this.#file, this.#length);\n",
    "",
  ),
  fault(
    "storage/metric-sinks.test.ts › is read up to a last line torn at any byte",
    "storage/jsonl-reader.ts",
    "if (end < 0) return rows;",
    "if (end < 0 && start === bytes.length) return rows;",
  ),
  fault(
    "storage/metric-sinks.test.ts › is rejected with the number of a damaged line",
    "storage/jsonl-reader.ts",
    'if (!parsed.success) throw refuse(where, "a step and numbers by name", unquoted("other data"));',
    "if (!parsed.success) { start = end + 1; continue; }",
  ),
  fault(
    "storage/metric-sinks.test.ts › is not resumed with other columns",
    "storage/csv-sink.ts",
    "if (resumeAt && !Buffer",
    "if (false && !Buffer",
  ),
  fault(
    "storage/metric-sinks.test.ts › does not overwrite an existing file, nor resume one that is missing or too short",
    "storage/append-file.ts",
    "if (size < length) {",
    "if (false) {",
  ),
  fault(
    `${LOCK}is never taken over from another machine`,
    "storage/run-lock.ts",
    "if (owner.host !== hostname()) return false;",
    "",
  ),
  fault(
    `${LOCK}is taken over if its process number belongs to a later process`,
    "storage/run-lock.ts",
    "return birth !== undefined && owner.birth !== null && birth !== owner.birth;",
    "return false;",
  ),
  fault(
    `${LOCK}detects that it was removed or replaced, and does not release another process's lock`,
    "storage/run-lock.ts",
    "if (!held || !isOurs()) {",
    "if (!held) {",
  ),
  fault(
    `${LOCK}detects that it was removed or replaced, and does not release another process's lock`,
    "storage/run-lock.ts",
    "if (held && isOurs()) rmSync",
    "if (held) rmSync",
  ),
  fault(
    `${LOCK}is not taken over from a file that is not a lock`,
    "storage/run-lock.ts",
    "    if (parsed.success) return parsed.data;",
    "    return parsed.data;",
  ),
  fault(
    "storage/run-folder.test.ts › must not contain other files, which are unchanged",
    "storage/run-folder.ts",
    "if (other !== undefined)",
    "if (false)",
  ),
  fault(
    "storage/run-folder.test.ts › must not contain a run, complete or in progress",
    "storage/run-folder.ts",
    "if (names.includes(MANIFEST_FILE)) {",
    "if (false) {",
  ),
  // Settings and texts from outside.
  fault(
    `${SETTINGS}nested too deep by %s is refused`,
    "cli/yaml-limits.ts",
    "if (brackets > MAX_DEPTH || dashes > MAX_DEPTH)",
    "if (false)",
  ),
  fault(
    `${SETTINGS}with more than 100 aliases is refused before they are read`,
    "cli/yaml-limits.ts",
    "++aliases > MAX_ALIASES",
    "false",
  ),
  fault(
    `${SETTINGS}indented too far is refused with its line`,
    "cli/yaml-limits.ts",
    "token.length > MAX_INDENT",
    "false",
  ),
  fault(
    `${SETTINGS}with %s is refused without a warning of the process`,
    "cli/yaml-limits.ts",
    'if (type === "directive-line")',
    "if (false)",
  ),
  fault(
    `${SETTINGS}show control characters and line breaks of keys, and cut long keys`,
    "shared/errors.ts",
    "return text.replace(UNPRINTABLE, (character) => {",
    "return text.replace(/^$/g, (character) => {",
  ),
  fault(
    `${SETTINGS}are at most ten, with the number of the others`,
    "shared/errors.ts",
    "export const MAX_FAULTS = 10;",
    "export const MAX_FAULTS = 1000;",
  ),
  fault(
    "storage/checked-files.test.ts › is refused without a module's checksum, before the module is run",
    "shared/foreign-paths.ts",
    'if (file === "" || sha256 !== "") continue;',
    "continue;",
  ),
  // Viewer.
  fault(
    `${GUARD}rejects more than 60 foreign variants of Host and Origin, for the page and the socket`,
    "viewer/server/request-guard.ts",
    "if (!LOOPBACK_NAMES.some((name) => hosts[0] === `${name}:${port}`)) return 403;",
    "",
  ),
  fault(
    `${GUARD}rejects more than 60 foreign variants of Host and Origin, for the page and the socket`,
    "viewer/server/request-guard.ts",
    "origins[0] === `http://${name}:${port}`",
    "origins[0]?.startsWith(`http://${name}`)",
  ),
  fault(
    `${GUARD}rejects more than 60 foreign variants of Host and Origin, for the page and the socket`,
    "viewer/server/request-guard.ts",
    "if (hosts.length !== 1) return 400;",
    "",
  ),
  fault(
    `${GUARD}accepts only its own token, and answers any other with the same 401`,
    "viewer/server/request-guard.ts",
    "return timingSafeEqual(digest(given), digest(token));",
    'return given !== "";',
  ),
  fault(
    `${GUARD}serves the page's files only, and rejects 200 paths that lead out of it`,
    "viewer/server/page-files.ts",
    'if (name.startsWith(".") || !real',
    "if (!real",
  ),
  fault(
    `${GUARD}does not follow links that lead out of the page`,
    "viewer/server/page-files.ts",
    "|| !real.startsWith(root + sep)) continue;",
    ") continue;",
  ),
  fault(
    `${GUARD}accepts 256 pages and answers others with 503`,
    "viewer/server/socket-upgrade.ts",
    "return isFull ? 503 : undefined;",
    "return undefined;",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › rejects 200 invalid handshakes",
    "viewer/server/socket-upgrade.ts",
    "if (extensions !== undefined && !EXTENSIONS.test(extensions)) return 400;",
    "",
  ),
  fault(
    "viewer/server/connections.integration.test.ts › with more than 64 headers is rejected, as is a page's request",
    "viewer/server/request-guard.ts",
    "if (request.rawHeaders.length > 2 * MAX_HEADERS) return 431;",
    "",
  ),
  fault(
    "viewer/server/slow-client.integration.test.ts › is closed before more than 1 MiB waits for it, and another page misses no frames",
    "viewer/server/client-connection.ts",
    "if (this.#socket.bufferedAmount + size > MAX_BUFFERED) {",
    "if (false) {",
  ),
  fault(
    "viewer/server/slow-client.integration.test.ts › receives three frames, then none until it acknowledges, then the newest",
    "viewer/server/client-connection.ts",
    "if (this.#unacknowledged.length >= FRAMES_IN_FLIGHT) return;",
    "",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › closes a page that floods the server and keeps serving another one",
    "viewer/server/rate-limit.ts",
    "if (this.#tokens < 1) return false;",
    "",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › closes a page of another protocol version and tells it to reload",
    "viewer/server/clients.ts",
    "if (socket.protocol !== SUBPROTOCOL) {",
    "if (false) {",
  ),
  fault(
    "viewer/server/live-sessions.test.ts › allows 8 sessions, however many pages ask at once",
    "viewer/server/live-sessions.ts",
    "    if (this.#isFull) {",
    "    if (false) {",
  ),
  fault(
    "shared/protocol.test.ts › are rejected with another kind, version or flag, and with a number that is not finite",
    "shared/protocol-frame.ts",
    "if (!Number.isFinite(numbers[i]!) && i !== valueIndex) {",
    "if (false) {",
  ),
  // Sweeps and queues.
  fault(
    `${ARCHIVE}reject an archive with the path %j and write no files`,
    "experiments/queue/run-archive.ts",
    "path: z.string().regex(SAFE_PATH)",
    "path: z.string()",
  ),
  fault(
    `${ARCHIVE}reject truncated, damaged and other data`,
    "experiments/queue/run-archive.ts",
    'if (await this.#fill()) throw refuse(this.#where, "the end of the packed run", unquoted("more data"));',
    "",
  ),
  fault(
    `${ARCHIVE}stop decompressing data without a list of files`,
    "experiments/queue/run-archive.ts",
    "for (let length = 0; length <= max; ) {",
    "for (let length = 0; ; ) {",
  ),
  fault(
    "experiments/sweep/sweep-folder.test.ts › rejects another code version unless it is allowed, and then keeps the job ids",
    "experiments/sweep/sweep-folder.ts",
    "if (existing.code !== code && !otherCode) {",
    "if (false) {",
  ),
  fault(
    "experiments/sweep/sweep-folder.test.ts › accepts additional seeds and methods, but no removed jobs",
    "experiments/sweep/sweep-folder.ts",
    "if (removed.length > 0) {",
    "if (false) {",
  ),
  // Learning.
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
    `${REPLAY}continues identically after its state was saved and restored`,
    "agent/replay-buffer.ts",
    "return this.#episodes - 1 - age;",
    "return age;",
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
  // Environments.
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
  // Dependencies and the machine.
  fault(
    "dependencies.test.ts › names every package with an install script, and no other, in allowScripts",
    "package.json",
    '    "core-js": false,\n',
    "",
  ),
  fault(
    "dependencies.test.ts › pins the direct dependencies to one version, as the lockfile has it",
    "package.json",
    '"ws": "8.23.0"',
    '"ws": "^8.23.0"',
  ),
  fault(
    "architecture.test.ts › evaluates no text and reads no format that contains code",
    "storage/strict-json.ts",
    "value = JSON.parse(text);",
    "value = eval(`(${text})`);",
  ),
  fault(
    "cli/small-machine.integration.test.ts › names the version of Node that is too old",
    "dist/cli/main.js",
    "if (major < MIN_NODE[0] ||",
    "if (false && major < MIN_NODE[0] ||",
  ),
];
