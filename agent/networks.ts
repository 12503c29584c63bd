/** @file The actor, the critics and their target networks as inputs of a graph. */

import { actorLayout, criticLayouts, type NetworkSizes } from "./architecture.ts";
import type { MlpLayout } from "./graph/mlp-layout.ts";
import type { InputNode } from "./graph/node.ts";
import { input } from "./graph/ops.ts";
import type { UpdateConfig } from "./update-config.ts";

export interface Actor {
  readonly layout: MlpLayout;
  /** [layout.size] */
  readonly weights: InputNode;
}

/** One or more critics, whose weights share one flat vector. */
export interface Critics {
  /** One per critic. */
  readonly layouts: readonly MlpLayout[];
  /** [layouts[0].size] */
  readonly weights: InputNode;
}

export interface Networks {
  readonly actor: Actor;
  readonly critics: Critics;
  /** The average of the actor's weights, [layout.size]; undefined if averaging is off. */
  readonly averagedActor: InputNode | undefined;
  readonly targetActor: Actor;
  readonly targetCritics: Critics;
  /** The networks of the Bellman target: the target networks, or the online ones if those are off. */
  readonly bootstrap: { readonly actor: Actor; readonly critics: Critics };
}

/** Declares the weight vectors `actor`, `critic`, `targetActor`, `targetCritic` and, if it is on, `averagedActor`. */
export function declareNetworks(config: UpdateConfig, sizes: NetworkSizes): Networks {
  const layout = actorLayout(config, sizes);
  const layouts = criticLayouts(config, sizes);
  const actorFrom = (name: string): Actor => ({ layout, weights: input(name, [layout.size]) });
  const criticsFrom = (name: string): Critics => ({ layouts, weights: input(name, [layouts[0]!.size]) });
  const [actor, critics] = [actorFrom("actor"), criticsFrom("critic")];
  const [targetActor, targetCritics] = [actorFrom("targetActor"), criticsFrom("targetCritic")];
  const averagedActor = config.actorAveraging > 0 ? input("averagedActor", [layout.size]) : undefined;
  const bootstrap = config.targetNetworks
    ? { actor: targetActor, critics: targetCritics }
    : { actor, critics };
  return { actor, critics, averagedActor, targetActor, targetCritics, bootstrap };
}
