/** @file How a worker thread creates an environment: by importing a module, since functions cannot be sent to threads. */

export interface EnvModule {
  /** URL of the module. */
  readonly url: string;
  /** Name of the exported function that returns the environment, or a promise of it. */
  readonly create: string;
  /** The function's arguments: data that a structured clone copies. */
  readonly args: readonly unknown[];
}
