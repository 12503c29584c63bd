/** @file Plain names of metrics and of the entries of cards and manifests. */

/** Names that their key does not explain. */
const NAMES: Readonly<Record<string, string>> = {
  stepsTo95: "Steps to a success rate of 0.95",
  policyStep: "Steps of this policy",
  successRate: "Success rate",
  about: "About",
  command: "Trained with",
  env: "Environment",
  minutes: "Minutes of training",
  episodes: "Episodes of the success rate",
  "hindsight k": "HER goals per transition",
  hidden: "Hidden layers",
};

/** Returns a key such as `versions rapier`, `finalEpisodes` or `doctor/batches_paid` as words. */
export function plainName(key: string): string {
  const known = NAMES[key];
  if (known !== undefined) return known;
  const version = /^versions (.+)$/.exec(key)?.[1];
  if (version !== undefined) return `Version of ${version}`;
  const words = key
    .replace(/^.*\//, "")
    .replaceAll("_", " ")
    .replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
