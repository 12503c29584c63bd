/** @file The ONNX operators for the graph's operations that have a direct equivalent. */

import type { BinaryOp, ReduceOp, UnaryOp } from "../graph/node.ts";

export const UNARY: Readonly<Record<Exclude<UnaryOp, "square" | "stopGradient">, string>> = {
  neg: "Neg",
  relu: "Relu",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  softplus: "Softplus",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  abs: "Abs",
  sign: "Sign",
};

export const BINARY: Readonly<Record<BinaryOp, string>> = {
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  min: "Min",
  max: "Max",
  greater: "Greater",
  less: "Less",
};

export const REDUCE: Readonly<Record<ReduceOp, string>> = {
  sum: "ReduceSum",
  mean: "ReduceMean",
  reduceMin: "ReduceMin",
  reduceMax: "ReduceMax",
};
