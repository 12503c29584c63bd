/** @file The result of a test of holding as text: a table and a curve. */

import type { HoldSummary } from "../training/hold/hold-summary.ts";
import { sparkline } from "./sparkline.ts";

/** Returns the lines below those of the evaluation. */
export function holdReport(summary: HoldSummary, seconds: number, episodes: number): string[] {
  const { holdRate, holdCurve, held } = summary;
  const columns = Object.entries(holdRate).map(([second, rate]) => [`${second} s`, rate.toFixed(2)] as const);
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  const row = (title: string, cell: 0 | 1) =>
    [title.padEnd(10), ...columns.map((cells, i) => cells[cell].padStart(widths[i]!))].join("  ");
  return [
    row("after", 0),
    row("at goal", 1),
    `${"curve".padEnd(10)}  ${sparkline(holdCurve, [0, 1])}  1 to ${Math.floor(seconds)} s`,
    `held ${held.toFixed(2)} (${Math.round(held * episodes)}/${episodes} at the goal at every moment from 3 s to ${seconds} s)`,
    ...recoveryLine(summary),
    ...trackingLine(summary),
  ];
}

function recoveryLine({ pushes, recovery, recoverySeconds }: HoldSummary): string[] {
  if (pushes === undefined || recovery === undefined) return [];
  const back = Math.round(recovery * pushes);
  const time =
    typeof recoverySeconds === "number" ? ` · median ${recoverySeconds.toFixed(2)} s after the push` : "";
  return [`recovery ${recovery.toFixed(2)} (${back}/${pushes} pushes, back within 2 s)${time}`];
}

function trackingLine({ trackingError, trackingErrorP95 }: HoldSummary): string[] {
  if (trackingError === undefined || trackingErrorP95 === undefined) return [];
  const mm = (metres: number) => `${(metres * 1000).toFixed(1)} mm`;
  return [`tracking error ${mm(trackingError)} (median; 95 % below ${mm(trackingErrorP95)})`];
}
