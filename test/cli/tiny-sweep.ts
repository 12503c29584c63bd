/** @file A sweep of two runs of about one second each: the two-link arm with small networks, with and without HER. */

export function tinySweep(steps: number) {
  return {
    settings: {
      env: { id: "planar2-reach" },
      agent: { hidden: [16, 16], batchSize: 32, warmupSteps: 100 },
      train: {
        steps,
        evaluateEvery: 100,
        evaluationEpisodes: 2,
        finalEpisodes: 2,
        checkpointEvery: 100,
        diagnostics: false,
      },
    },
    methods: { "agent.her.k": [4, 0] },
    seeds: "1",
  };
}
