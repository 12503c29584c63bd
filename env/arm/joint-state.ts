/** @file The measured state of an arm's joints: what controllers and observations read. */

/** Measured joint state. The arrays belong to the simulation and are overwritten in every substep. */
export interface JointState {
  /** Joint angles, [N] rad, not wrapped. */
  readonly angles: Float64Array;
  /** Joint speeds over the last substep, [N] rad/s. */
  readonly speeds: Float64Array;
  /** Opening of each finger, [2] metres; empty without a gripper. */
  readonly openings: Float64Array;
  /** Opening speed of each finger over the last substep, [2] m/s; empty without a gripper. */
  readonly openingSpeeds: Float64Array;
}
