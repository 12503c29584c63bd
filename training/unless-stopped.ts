/** @file Waits for a promise until a stop is requested. */

/** Milliseconds between two checks for a requested stop. */
const POLL = 50;

/** Resolves as the promise does, or with undefined once a stop is requested. */
export function unlessStopped<T>(promise: Promise<T>, stopRequested: () => boolean): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const poll = setInterval(() => {
      if (stopRequested()) settle(() => resolve(undefined));
    }, POLL);
    const settle = (how: () => void) => {
      clearInterval(poll);
      how();
    };
    promise.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}

/** Returns the promise; its rejection counts as handled even before it is awaited. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
