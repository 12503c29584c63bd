/** @file What the physics inspector draws of an arm, in parts that are switched on and off separately. */

export const LAYERS = ["joints", "frames", "masses", "inertia", "contacts"] as const;

export type Layer = (typeof LAYERS)[number];

/** Name of each layer, for display. */
export const LAYER_NAMES: Readonly<Record<Layer, string>> = {
  joints: "joint axes and limits",
  frames: "link frames",
  masses: "centres of mass",
  inertia: "inertia",
  contacts: "contact points and forces",
};

/** The layers that the inspector's key switches on. */
export const DEFAULT_LAYERS: readonly Layer[] = ["joints", "frames", "masses", "contacts"];

/** Those that are inside the arm, which is translucent while one of them is drawn. */
export const INNER_LAYERS: readonly Layer[] = ["joints", "frames", "masses", "inertia"];

/** Returns the layers with one switched on or off, in the order of LAYERS. */
export function withLayer(layers: readonly Layer[], layer: Layer, on: boolean): readonly Layer[] {
  return LAYERS.filter((each) => (each === layer ? on : layers.includes(each)));
}

/** Returns the layers of a link, such as `joints_masses`; undefined if none of its names is known. */
export function parseLayers(text: string): readonly Layer[] | undefined {
  const names = text.split("_");
  const layers = LAYERS.filter((layer) => names.includes(layer));
  return layers.length === 0 ? undefined : layers;
}
