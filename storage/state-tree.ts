/**
 * @file A tree of saved state, split into tensors and JSON.
 *
 * A typed array at `learner.vectors.actor` becomes the tensor `learner/vectors/actor`. The JSON has
 * `{ "$tensor": "learner/vectors/actor" }` in its place and everything else unchanged.
 */

import { internal, refuse } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import type { Tensor, Tensors } from "./safetensors.ts";
import { isPlainObject, MAX_DEPTH } from "./strict-json.ts";
import { isTensorData } from "./tensor-data.ts";

const REFERENCE = "$tensor";

export interface SplitTree {
  /** The tree with a reference for each typed array. */
  readonly json: unknown;
  /** One-dimensional views of the typed arrays, by path. */
  readonly tensors: Tensors;
}

/**
 * Separates the typed arrays of a tree from the rest; copies no array.
 *
 * Values that JSON cannot hold stay in `json`: formatJson refuses them.
 *
 * @param where what is saved, for the error
 * @throws an internal error for a key `$tensor`, or for two typed arrays at one path
 */
export function splitTree(tree: unknown, where: string): SplitTree {
  const tensors = new Map<string, Tensor>();
  const split = (value: unknown, path: readonly string[]): unknown => {
    if (isTensorData(value)) {
      const name = path.join("/");
      if (name === "") throw internal(`${where}: a typed array without a key`);
      if (tensors.has(name)) throw internal(`${where}: two typed arrays at ${name}`);
      tensors.set(name, { shape: [value.length], data: value });
      return { [REFERENCE]: name };
    }
    if (path.length > MAX_DEPTH) return value;
    if (Array.isArray(value)) return Array.from(value, (item, i) => split(item, [...path, String(i)]));
    if (!isRecord(value) || !isPlainObject(value)) return value;
    if (Object.hasOwn(value, REFERENCE)) throw internal(`${where}: the key ${REFERENCE} is reserved`);
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [key, split(child, [...path, key])]),
    );
  };
  return { json: split(tree, []), tensors: Object.fromEntries(tensors) };
}

/**
 * Returns the tree that splitTree split; its arrays are those of the tensors.
 *
 * @param where what was read, for the error
 * @throws InputError if a tensor is missing or not referenced
 */
export function joinTree({ json, tensors }: SplitTree, where: string): unknown {
  const unused = new Map(Object.entries(tensors));
  const join = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(join);
    if (!isRecord(value)) return value;
    if (!Object.hasOwn(value, REFERENCE)) {
      return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, join(child)]));
    }
    const name = String(value[REFERENCE]);
    const tensor = unused.get(name);
    if (tensor === undefined) throw refuse(where, `a tensor ${name}`, undefined);
    unused.delete(name);
    return tensor.data;
  };
  const tree = join(json);
  for (const name of unused.keys()) throw refuse(where, "only tensors that checkpoint.json names", name);
  return tree;
}
