/** @file Draws an arm at home: its shapes, its tip and the floor, in parallel projection. */

import type { ArmModel } from "../env/arm/arm-model.ts";
import { ArmKinematics } from "../env/arm/kinematics.ts";
import type { Shape } from "../env/body.ts";
import { placeShape } from "../env/urdf/urdf-shapes.ts";
import { add, cross, dot, length, scale, type Vec3 } from "../shared/vec3.ts";
import { encodePng } from "./png-image.ts";
import { type Hit, intersect, type Target, targetOf } from "./ray-casting.ts";

/** Pixels. */
const SIZE = { width: 640, height: 480 };
/** Rays of a pixel along each side. */
const SAMPLES = 2;

/** Share of the picture around the arm that stays empty. */
const MARGIN = 0.08;

type Color = Vec3;
const BACKGROUND: Color = [0.93, 0.92, 0.9];
const FLOOR: Color = [0.88, 0.87, 0.84];
const LINE: Color = [0.78, 0.76, 0.72];
const TIP: Color = [0.91, 0.38, 0.24];
/** Links differ in turn, so that joints are visible; the base comes first. */
const LINKS: readonly Color[] = [
  [0.3, 0.32, 0.36],
  [0.94, 0.93, 0.91],
  [0.45, 0.6, 0.68],
];

/** Radius of the tip, and distance of the floor's lines, metres. */
const TIP_RADIUS = 0.02;
const GRID = 0.1;

/** From the arm to the light, and to the viewer: in front, from its right and above. */
const LIGHT = unit([0.5, -0.6, 1]);
const VIEWER = unit([1, -1.1, 0.75]);

interface Part {
  readonly target: Target;
  readonly color: Color;
}

/** Returns a PNG of the arm in its home posture, seen from its front and right; z is up. */
export function armPicture(model: ArmModel, { width, height } = SIZE): Buffer {
  const parts = partsOf(model);
  const right = unit(cross([0, 0, 1], VIEWER));
  const up = cross(VIEWER, right);
  const spread = (direction: Vec3) => {
    const low = Math.min(...parts.map(({ target: { center, radius } }) => dot(center, direction) - radius));
    const high = Math.max(...parts.map(({ target: { center, radius } }) => dot(center, direction) + radius));
    return { middle: (low + high) / 2, size: high - low };
  };
  const [across, along, deep] = [spread(right), spread(up), spread(VIEWER)];
  const scaleOfPixel = Math.max(across.size / width, along.size / height) / (1 - 2 * MARGIN);
  const isAbove = parts.every(({ target: { center, radius } }) => center[2] + radius > 0);
  const far = deep.middle + deep.size + 2;
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum: Color = [0, 0, 0];
      for (let i = 0; i < SAMPLES * SAMPLES; i++) {
        const column = x + ((i % SAMPLES) + 0.5) / SAMPLES - width / 2;
        const row = height / 2 - y - (Math.floor(i / SAMPLES) + 0.5) / SAMPLES;
        const origin = add(
          add(
            scale(right, across.middle + column * scaleOfPixel),
            scale(up, along.middle + row * scaleOfPixel),
          ),
          scale(VIEWER, far),
        );
        sum = add(sum, colorAt(parts, isAbove, origin));
      }
      const [red, green, blue] = scale(sum, 255 / SAMPLES ** 2);
      pixels.set([red, green, blue].map(Math.round), 3 * (width * y + x));
    }
  }
  return encodePng(pixels, width, height);
}

function partsOf(model: ArmModel): Part[] {
  const kinematics = new ArmKinematics(model);
  kinematics.update(model.home);
  const { positions, rotations, endEffector } = kinematics;
  const part = (shape: Shape, color: Color): Part => ({ target: targetOf(shape), color });
  const [x = 0, y = 0, z = 0] = endEffector;
  const color = (i: number): Color => LINKS[i % LINKS.length] ?? BACKGROUND;
  return [
    ...model.baseShapes.map((shape) => part(shape, color(0))),
    ...model.links.flatMap(({ shapes }, i) => {
      const [px = 0, py = 0, pz = 0] = positions.subarray(3 * i, 3 * i + 3);
      const [qx = 0, qy = 0, qz = 0, qw = 1] = rotations.subarray(4 * i, 4 * i + 4);
      const pose = { position: [px, py, pz], orientation: [qx, qy, qz, qw] } as const;
      return shapes.map((shape) => part(placeShape(shape, pose), color(i + 1)));
    }),
    part({ kind: "capsule", from: [x, y, z], to: [x, y, z], radius: TIP_RADIUS }, TIP),
  ];
}

/** Returns the colour that a ray towards the scene meets, 0 to 1. */
function colorAt(parts: readonly Part[], hasFloor: boolean, origin: Vec3): Color {
  const direction = scale(VIEWER, -1);
  let nearest: (Hit & { readonly color: Color }) | undefined;
  for (const { target, color } of parts) {
    const hit = intersect(target, origin, direction);
    if (hit !== undefined && !(hit.distance >= (nearest?.distance ?? Infinity))) nearest = { ...hit, color };
  }
  const toFloor = hasFloor ? origin[2] / -direction[2] : Infinity;
  if (nearest !== undefined && nearest.distance < toFloor) {
    const point = add(origin, scale(direction, nearest.distance));
    const facing = Math.max(dot(nearest.normal, LIGHT), 0);
    const lit = facing > 0 && isShaded(parts, add(point, scale(nearest.normal, 1e-4))) ? 0 : facing;
    return scale(nearest.color, 0.5 + 0.5 * lit);
  }
  if (!hasFloor) return BACKGROUND;
  const point = add(origin, scale(direction, toFloor));
  const isLine = [point[0], point[1]].some(
    (value) => Math.abs(value / GRID - Math.round(value / GRID)) < 0.015,
  );
  return scale(isLine ? LINE : FLOOR, isShaded(parts, point) ? 0.72 : 1);
}

function isShaded(parts: readonly Part[], point: Vec3): boolean {
  return parts.some(({ target }) => intersect(target, point, LIGHT) !== undefined);
}

function unit(v: Vec3): Vec3 {
  return scale(v, 1 / length(v));
}
