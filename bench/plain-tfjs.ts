/**
 * @file The DDPG update written by hand in TensorFlow.js, with `variableGrads` and `train.adam`: the speed baseline.
 *
 * WASM backend. Losses, learning rates and targets equal those of agent/ddpg-update.ts.
 */

import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { NetworkSizes } from "../agent/architecture.ts";
import type { UpdateConfig } from "../agent/update-config.ts";
import { Rng } from "../shared/rng.ts";

interface Layer {
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
}

/** Creates the networks; `run` makes one update. */
export async function plainTfjsUpdate(
  config: UpdateConfig,
  sizes: NetworkSizes,
  feeds: Readonly<Record<string, Float32Array>>,
): Promise<{ run(): Promise<void> }> {
  setWasmPaths(`${join(import.meta.dirname, "../node_modules/@tensorflow/tfjs-backend-wasm/dist")}/`);
  const select = async () => {
    if (tf.getBackend() !== "wasm") await tf.setBackend("wasm");
  };
  await select();
  const { batchSize, gamma, tau, hidden } = config;
  const actor = makeNetwork([sizes.inputs, ...hidden, sizes.actions], 1);
  const critic = makeNetwork([sizes.inputs + sizes.actions, ...hidden, 1], 2);
  const targetActor = makeNetwork([sizes.inputs, ...hidden, sizes.actions], 1);
  const targetCritic = makeNetwork([sizes.inputs + sizes.actions, ...hidden, 1], 2);
  const actorAdam = tf.train.adam(config.actorLearningRate);
  const criticAdam = tf.train.adam(config.criticLearningRate);
  const value = (network: readonly Layer[], x: tf.Tensor2D, a: tf.Tensor2D) =>
    forward(network, tf.concat([x, a], 1));
  const tensor = (name: string, width: number) => tf.tensor2d(feeds[name] ?? [], [batchSize, width]);

  return {
    async run() {
      await select();
      tf.tidy(() => {
        const x = tensor("inputs", sizes.inputs);
        const next = tensor("nextInputs", sizes.inputs);
        const actions = tensor("actions", sizes.actions);
        const continues = tensor("continues", 1);
        const bootstrapped = value(targetCritic, next, forward(targetActor, next).tanh())
          .mul(continues)
          .mul(gamma);
        const targets = tensor("rewards", 1)
          .add(bootstrapped)
          .clipByValue(-1 / (1 - gamma), 0);
        const criticStep = tf.variableGrads(
          () => value(critic, x, actions).sub(targets).square().mean().asScalar(),
          variables(critic),
        );
        const actorStep = tf.variableGrads(() => {
          const preActivations = forward(actor, x);
          const q = value(critic, x, preActivations.tanh()).mean();
          return preActivations.square().mean().mul(config.preActivationPenalty).sub(q).asScalar();
        }, variables(actor));
        criticAdam.applyGradients(named(criticStep.grads));
        actorAdam.applyGradients(named(actorStep.grads));
        polyakUpdate(actor, targetActor, tau);
        polyakUpdate(critic, targetCritic, tau);
        criticStep.value.dataSync();
      });
    },
  };
}

function makeNetwork(sizes: readonly number[], seed: number): Layer[] {
  const rng = Rng.fromSeed(seed);
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const draw = () => rng.uniformIn(-1, 1) / Math.sqrt(inputs);
    const weight = tf.tensor2d(Float32Array.from({ length: inputs * outputs }, draw), [inputs, outputs]);
    return { weight: tf.variable(weight), bias: tf.variable(tf.zeros<tf.Rank.R1>([outputs])) };
  });
}

function variables(network: readonly Layer[]): tf.Variable[] {
  return network.flatMap(({ weight, bias }) => [weight, bias]);
}

function named(gradients: tf.NamedTensorMap) {
  return Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
}

function forward(network: readonly Layer[], x: tf.Tensor2D): tf.Tensor2D {
  return network.reduce((h, { weight, bias }, layer) => {
    const sums = h.matMul(weight).add<tf.Tensor2D>(bias);
    return layer + 1 < network.length ? sums.relu() : sums;
  }, x);
}

function polyakUpdate(online: readonly Layer[], target: readonly Layer[], tau: number): void {
  for (const [i, layer] of online.entries()) {
    const { weight, bias } = target[i]!;
    weight.assign(weight.mul<tf.Tensor2D>(1 - tau).add(layer.weight.mul(tau)));
    bias.assign(bias.mul<tf.Tensor1D>(1 - tau).add(layer.bias.mul(tau)));
  }
}
