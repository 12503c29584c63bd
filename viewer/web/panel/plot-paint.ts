/** @file Colours of plots, and their reference line. */

import type uPlot from "uplot";

/** Draws a horizontal reference line with its label. */
export function drawLevel(chart: uPlot, value: number, label: string): void {
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(value, "y", true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = paint("--goal");
  ctx.fillStyle = paint("--goal-text");
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${10.5 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  ctx.fillText(label, bbox.left + bbox.width - 2, y - 2);
  ctx.restore();
}

/** Resolves a colour for the canvas: a custom property has its value in the current theme. */
export function paint(color: string): string {
  if (!color.startsWith("--")) return color;
  return getComputedStyle(document.documentElement).getPropertyValue(color).trim();
}

/** The variant of a slot's colour with enough contrast for text. */
export function textColor(color: string): string {
  return color.startsWith("--") ? `var(${color.replace(/^(--slot-\d)$/, "$1-text")})` : color;
}
