/** @file The figures of a joint and its link as texts: angle, range, torque, mass. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";

type SceneLink = SceneMessage["links"][number];

/** Returns an angle, rad, in degrees: `−12.3°`. */
export function degrees(radians: number): string {
  return `${oneDecimal((radians * 180) / Math.PI)}°`;
}

/** Returns the range of a joint: `−166.0° to 166.0°`. */
export function rangeText(limits: SceneLink["limits"]): string {
  return limits === null ? "no limits" : `${degrees(limits[0])} to ${degrees(limits[1])}`;
}

/** Returns a torque of a motor and its limit, N m: `−3.2 of 87 N m`. */
export function torqueText(torque: number, limit: number): string {
  const most = limit >= 10 ? limit.toFixed(0) : String(Number(limit.toPrecision(3)));
  return `${oneDecimal(torque)} of ${most} N m`;
}

/** Returns a mass: `2.36 kg`, or `15.4 g` below 100 g. */
export function massText(mass: number): string {
  return mass < 0.1 ? `${(mass * 1000).toPrecision(3)} g` : `${mass.toPrecision(3)} kg`;
}

/** Returns one line about a joint and the link that it moves. */
export function describeJoint(link: SceneLink, angle: number, torque: number): string {
  const { joint, name, limits, torqueLimit, inertial } = link;
  return `${joint} ${degrees(angle)} · ${rangeText(limits)} · ${torqueText(torque, torqueLimit)} · ${name} ${massText(inertial.mass)}`;
}

/** With the typographic minus sign, and none for 0. */
function oneDecimal(x: number): string {
  const text = x.toFixed(1);
  return text === "-0.0" ? "0.0" : text.replace("-", "−");
}
