/** @file How long tests wait. A limit ends a hang and measures nothing: on a busy machine a test may take its time. */

/** Milliseconds after which a test or hook fails. */
export const HANG_MS = 900_000;

/** Milliseconds between checks of `expect.poll`, and until it fails: before the test does, so that its message is seen. */
export const POLL = { interval: 50, timeout: 600_000 };
