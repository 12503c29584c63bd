/**
 * @file Encodes an ONNX graph as the bytes of a ModelProto.
 *
 * Field numbers are those of onnx/onnx.proto. Only the constructs that onnx-lowering.ts emits are supported.
 */

import { ProtobufWriter } from "../../shared/protobuf-writer.ts";

/** An integer attribute or a float attribute. */
export type Attribute = number | { readonly float: number };

export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant: float32 or float64, or int64 for sizes and axes. */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | BigInt64Array;
}

/** A float32 input or output of the graph. */
export interface ValueInfo {
  readonly name: string;
  /** A size that is a name may differ between runs. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  /** In topological order. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** Version of the ONNX operator set. */
export const OPSET = 18;
/** File format version that belongs to the operator set. */
const IR_VERSION = 8;

const FLOAT = 1;
const INT64 = 7;
const DOUBLE = 11;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;

/**
 * A graph as the bytes of an ONNX model.
 *
 * @param name     of the graph
 * @param metadata texts that the model carries, by name
 */
export function encodeModel(
  graph: OnnxGraph,
  name = "update",
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const model = new ProtobufWriter()
    .varint(1, IR_VERSION)
    .string(2, "steadyarm")
    .message(7, (message) => writeGraph(message, graph, name))
    .message(8, (opset) => opset.string(1, "").varint(2, OPSET));
  for (const [key, value] of Object.entries(metadata))
    model.message(14, (entry) => entry.string(1, key).string(2, value));
  return model.finish();
}

function writeGraph(message: ProtobufWriter, graph: OnnxGraph, name: string): void {
  for (const node of graph.nodes) message.message(1, (each) => writeNode(each, node));
  message.string(2, name);
  for (const tensor of graph.initializers) message.message(5, (each) => writeTensor(each, tensor));
  for (const value of graph.inputs) message.message(11, (each) => writeValueInfo(each, value));
  for (const value of graph.outputs) message.message(12, (each) => writeValueInfo(each, value));
}

function writeNode(message: ProtobufWriter, { opType, inputs, outputs, attributes }: OnnxNode): void {
  for (const name of inputs) message.string(1, name);
  for (const name of outputs) message.string(2, name);
  message.string(4, opType);
  for (const [name, value] of Object.entries(attributes)) {
    message.message(5, (attribute) => {
      attribute.string(1, name);
      if (typeof value === "number") attribute.varint(3, value).varint(20, ATTRIBUTE_INT);
      else attribute.float(2, value.float).varint(20, ATTRIBUTE_FLOAT);
    });
  }
}

function writeTensor(message: ProtobufWriter, { name, shape, values }: Initializer): void {
  for (const size of shape) message.varint(1, size);
  message.varint(2, elementType(values));
  message.string(8, name);
  message.bytes(9, littleEndian(values));
}

function elementType(values: Initializer["values"]): number {
  if (values instanceof Float32Array) return FLOAT;
  return values instanceof Float64Array ? DOUBLE : INT64;
}

function littleEndian(values: Initializer["values"]): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    if (values instanceof Float32Array) view.setFloat32(4 * i, values[i]!, true);
    else if (values instanceof Float64Array) view.setFloat64(8 * i, values[i]!, true);
    else view.setBigInt64(8 * i, values[i]!, true);
  }
  return bytes;
}

function writeValueInfo(message: ProtobufWriter, { name, shape }: ValueInfo): void {
  message.string(1, name);
  message.message(2, (type) => {
    type.message(1, (tensor) => {
      tensor.varint(1, FLOAT);
      tensor.message(2, (dims) => {
        for (const size of shape) {
          dims.message(1, (dim) => (typeof size === "number" ? dim.varint(1, size) : dim.string(2, size)));
        }
      });
    });
  });
}
