/**
 * @file A robot as its file describes it: a tree of links and joints, the same for URDF and MJCF. What only matters on
 * the path to the tip is read when it is asked for, so that faults elsewhere do not refuse the file.
 */

import type { Quat, Vec3 } from "../../shared/vec3.ts";
import type { Inertia } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import type { Assumptions } from "./assumptions.ts";

/** Pose of one frame in another, metres. */
export interface Pose {
  readonly position: Vec3;
  readonly orientation: Quat;
}

export const IDENTITY_POSE: Pose = { position: [0, 0, 0], orientation: [0, 0, 0, 1] };

/** Mass properties as the file gives them. */
export interface GivenInertial {
  /** Above 0, kg. */
  readonly mass: number;
  /** In the link's frame, metres. */
  readonly centerOfMass: Vec3;
  /** Frame of the inertia, in the link's. */
  readonly orientation: Quat;
  /** Undefined if the file has none that can be read. */
  readonly inertia: Inertia | undefined;
}

/** Red, green, blue and alpha, 0 to 1. */
export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** A mesh file that a robot file names; it is not opened here. */
export interface MeshReference {
  /** As in the file, in MJCF with the compiler's folder: relative, absolute, or `package://…`. */
  readonly file: string;
  /** Pose of the mesh's frame, metres, and its scale in that frame. */
  readonly pose: Pose;
  readonly scale: Vec3;
  /** Undefined for the mesh's own, or the arm's. */
  readonly color: Rgba | undefined;
}

/** What a link looks like. */
export interface RobotVisual {
  readonly shapes: readonly { readonly shape: Shape; readonly color: Rgba | undefined }[];
  readonly meshes: readonly MeshReference[];
}

export interface RobotLink {
  readonly name: string;
  /** Shapes that are drawn and can give a missing mass, in the link's frame. */
  readonly shapes: readonly Shape[];
  /** Returns undefined for a link without mass. Throws InputError if a mass or centre of mass is not a number. */
  readonly readInertial: (where: string) => GivenInertial | undefined;
  /** Reads what the link looks like, in its frame; what cannot be read is left out. */
  readonly readVisual: () => RobotVisual;
}

/** What a joint's motor needs to know. */
export interface MotorJoint {
  /** Unit vector in the child's frame. */
  readonly axis: Vec3;
  /** Joint limits, rad; undefined for a joint without limits. */
  readonly range: readonly [low: number, high: number] | undefined;
  /** Maximum torque, N m; undefined if the file has none above 0. */
  readonly effort: number | undefined;
  /** Velocity limit, rad/s; undefined if the file has none above 0. */
  readonly velocity: number | undefined;
  /** Viscous, N m s/rad; 0 if the file has none. */
  readonly damping: number;
  /** Rotor inertia, kg m²; undefined if the file has none above 0. */
  readonly armature: number | undefined;
}

export interface RobotJoint {
  readonly name: string;
  /** As in the file: `revolute`, `hinge`. */
  readonly type: string;
  /** `locked`: its limits are equal. `free`: what it moves is no part of the arm. `other`: not supported on the path. */
  readonly motion: "fixed" | "locked" | "turning" | "free" | "other";
  readonly parent: string;
  readonly child: string;
  /** Pose of the child's frame in the parent's at position 0. */
  readonly origin: Pose;
  /** Pose by which the joint moves the child where it is held without a motor. */
  readonly heldPose: Pose;
  /** The position of that, rad or metres. */
  readonly held: number;
  /** The joint that it follows, "" if that is not named; undefined if it moves by itself. */
  readonly follows: string | undefined;
  /** How to import the arm in spite of an unsupported joint. */
  readonly remedy?: string;
  /** Reads a turning joint. Throws InputError naming attribute and line. */
  readonly readMotor: (where: string, assumed: Assumptions) => MotorJoint;
}

/** Words of a file format, for errors. */
export interface RobotFormat {
  readonly name: "URDF" | "MJCF";
  /** What gives a joint its torque limit, and a link its mass. */
  readonly effort: string;
  readonly mass: string;
  /** Joints that arms support on the path to the tip, and those of them that move. */
  readonly supported: string;
  readonly moving: string;
  /** Setting or attribute that gives a joint more armature. */
  readonly armature: string;
  /** Where the lengths of an arm are. */
  readonly lengths: string;
  /** A tool 10 cm from a link, as text to paste. */
  readonly tool: (link: string) => string;
}

/** Links that are connected besides their joints, such as by an equality constraint. */
export interface Loop {
  /** `equality connect in line 12`. */
  readonly name: string;
  readonly links: readonly [string, string];
}

export interface RobotHome {
  /** `keyframe home`. */
  readonly name: string;
  /** By joint, rad. */
  readonly positions: ReadonlyMap<string, number>;
}

export interface Robot {
  readonly name: string;
  readonly format: RobotFormat;
  readonly links: ReadonlyMap<string, RobotLink>;
  readonly joints: readonly RobotJoint[];
  readonly loops: readonly Loop[];
  /** The file's home posture, if it has one. */
  readonly home: RobotHome | undefined;
  /** One line for each part of the file that the simulation does not use. */
  readonly leftOut: readonly string[];
}
