/** @file MJCF files of small arms, each written in another way. */

/** Degrees, Euler angles, nested classes, joints beside their bodies' origins, masses of geoms of every kind. */
export const BY_GEOMS = `<mujoco model="geoms">
  <compiler angle="degree"/>
  <default>
    <geom density="700"/>
    <default class="arm">
      <joint axis="0 1 0" damping="0.5" armature="0.05" range="-100 120"/>
      <motor ctrlrange="-20 20" gear="2"/>
      <default class="wrist"><joint range="-90 90" axis="0 0 1"/><geom type="capsule" size="0.03"/></default>
    </default>
  </default>
  <worldbody>
    <light pos="0 0 3"/><geom type="plane" size="2 2 0.1"/>
    <body name="column" pos="0.1 -0.2 0.3" euler="0 0 30" childclass="arm">
      <geom type="cylinder" size="0.05 0.1" pos="0 0 0.05"/>
      <joint name="turn" axis="0 0 1" ref="10"/>
      <body name="upper" pos="0 0 0.15" euler="20 -10 5">
        <joint name="lift" pos="0.01 0.02 0.03" range="-100 120"/>
        <geom type="box" size="0.03 0.04 0.12" pos="0 0 0.1" euler="0 15 0" mass="1.5"/>
        <geom type="ellipsoid" size="0.05 0.03 0.08" pos="0.02 0 0.2"/>
        <body name="lower" pos="0 0.01 0.3">
          <joint name="bend" axis="0 2 0.5" ref="-15" pos="0 0 -0.02"/>
          <geom type="capsule" fromto="0 0 0 0.02 0.01 0.2" size="0.03"/>
          <geom type="sphere" size="0.05" pos="0 0 0.22"/>
          <geom type="sphere" size="0.2" mass="0" contype="0" conaffinity="0"/>
          <body name="hand" pos="0 0 0.25" childclass="wrist">
            <joint name="roll"/>
            <geom fromto="0 0 0 0 0 0.1"/>
            <geom type="box" fromto="0 -0.04 0.1 0 0.04 0.1" size="0.02"/>
            <site name="grip" pos="0.01 0 0.15"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor class="arm" joint="turn"/><motor class="arm" joint="lift"/><motor class="arm" joint="bend"/>
    <motor class="wrist" joint="roll" ctrlrange="-3 3" gear="1"/>
  </actuator>
</mujoco>`;

/** Radians, all other orientations, inertias about turned axes, a frame, a welded body, servos, fingers and a home. */
export const BY_INERTIALS = `<mujoco model="inertials">
  <compiler angle="radian" eulerseq="ZYX" autolimits="true"/>
  <default>
    <default class="servo">
      <position kp="2000" forcerange="-50 50"/>
      <joint armature="0.1" damping="1"/>
      <geom contype="0" conaffinity="0"/>
    </default>
  </default>
  <worldbody>
    <body name="mount" pos="0 0 0.4" xyaxes="0 1 0 -1 0.3 0" childclass="servo">
      <inertial pos="0 0 0" mass="3" diaginertia="0.1 0.1 0.1"/>
      <body name="shoulder" pos="0 0.05 0.1" quat="2 0 0.5 0.1">
        <inertial pos="0.01 0.02 0.1" quat="0.9 0.1 0.2 0" mass="2" diaginertia="0.03 0.02 0.015"/>
        <joint name="j1" axis="0 0 1" range="-2.8 2.8"/>
        <body name="arm" pos="0 0.1 0.2" axisangle="1 1 0 0.7">
          <inertial pos="0 0 0.15" mass="1.5" fullinertia="0.02 0.018 0.006 0.001 -0.002 0.0005"/>
          <joint name="j2" axis="1 0 0" pos="0.02 0 0" range="-1.9 1.9"/>
          <frame pos="0 0 0.1" euler="0.3 0.2 -0.4">
            <body name="wrist" pos="0 0 0.2" zaxis="0.1 0.2 1">
              <inertial pos="0 0.01 0.05" euler="0.1 0.5 0.2" mass="0.8" diaginertia="0.004 0.003 0.002"/>
              <joint name="j3" axis="0 1 0"/>
              <body name="hand" pos="0 0 0.12" euler="0 0 0.6">
                <inertial pos="0 0 0.03" mass="0.4" diaginertia="0.001 0.001 0.0008"/>
                <geom type="box" size="0.04 0.02 0.03" pos="0 0 0.03"/>
                <site name="palm" pos="0 0 0.1"/>
                <body name="finger_l" pos="0 0.01 0.06">
                  <joint name="left" type="slide" axis="0 1 0" range="0 0.04"/>
                  <inertial pos="0 0.01 0.02" mass="0.05" diaginertia="1e-5 1e-5 1e-5"/>
                </body>
                <body name="finger_r" pos="0 -0.01 0.06">
                  <joint name="right" type="slide" axis="0 -1 0" range="0 0.04"/>
                  <inertial pos="0 -0.01 0.02" mass="0.05" diaginertia="1e-5 1e-5 1e-5"/>
                </body>
              </body>
            </body>
          </frame>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <position class="servo" name="a1" joint="j1"/><position class="servo" name="a2" joint="j2"/>
    <position class="servo" name="a3" joint="j3" forcerange="-12 12"/>
  </actuator>
  <equality><joint joint1="left" joint2="right"/></equality>
  <keyframe><key name="home" qpos="0.1 -0.5 0.9 0.03 0.03"/></keyframe>
</mujoco>`;

/** Pieces of the second joint of a small arm that nothing is missing from. */
export interface ArmPieces {
  readonly compiler?: string;
  readonly defaults?: string;
  readonly joint?: string;
  readonly body?: string;
  readonly actuators?: string;
  readonly more?: string;
  readonly world?: string;
}

/** An arm of three hinges in degrees with a site as its tool. */
export function mjcfArm({
  compiler = "",
  defaults = "",
  joint = '<joint name="lift" axis="0 1 0" range="-110 140" damping="0.5"/>',
  body = '<geom type="capsule" fromto="0 0 0 0 0 0.3" size="0.04" mass="1"/>',
  actuators = '<motor joint="turn" ctrlrange="-30 30"/><motor joint="lift" ctrlrange="-30 30"/><motor joint="bend" ctrlrange="-20 20"/>',
  more = "",
  world = "",
}: ArmPieces = {}): string {
  return `<mujoco model="bench arm"><compiler ${compiler}/>${defaults}
<worldbody>${world}
<body name="column" pos="0 0 0.1"><joint name="turn" range="-160 160" damping="0.5"/>
<geom type="cylinder" size="0.05 0.05" mass="2"/>
<body name="upper" pos="0 0 0.1">${joint}
${body}
<body name="lower" pos="0 0 0.3"><joint name="bend" axis="0 1 0" range="-140 140" damping="0.5"/>
<geom name="rod" type="capsule" fromto="0 0 0 0 0 0.25" size="0.03" mass="0.7"/>
<site name="tool" pos="0 0 0.3"/>
</body></body></body></worldbody>
<actuator>${actuators}</actuator>${more}</mujoco>`;
}
