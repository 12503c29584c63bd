/** @file Time limits of tests. They end a hang and measure nothing, since a busy machine may take long. */

/** Milliseconds after which a test or hook fails. */
export const HANG_MS = 900_000;

/** Milliseconds between checks of `expect.poll`, and until it fails: before the test does, so that its message is seen. */
export const POLL = { interval: 50, timeout: 600_000 };
