/** @file What MuJoCo itself makes of an MJCF file: positions and mass matrices to compare an import with. */

import loadMujoco from "@mujoco/mujoco";

type Mujoco = Awaited<ReturnType<typeof loadMujoco>>;
type Model = NonNullable<ReturnType<Mujoco["MjModel"]["from_xml_string"]>>;

export class MujocoModel {
  readonly #mujoco: Mujoco;
  readonly #model: Model;
  readonly #data: InstanceType<Mujoco["MjData"]>;

  private constructor(mujoco: Mujoco, model: Model) {
    this.#mujoco = mujoco;
    this.#model = model;
    this.#data = new mujoco.MjData(model);
  }

  static async read(text: string): Promise<MujocoModel> {
    const mujoco = await loadMujoco();
    const model = mujoco.MjModel.from_xml_string(text);
    if (model === null) throw new Error("MuJoCo rejects the model");
    return new MujocoModel(mujoco, model);
  }

  /** Sets joints by name, rad or metres; the others stay in the file's configuration. */
  setJoints(positions: Readonly<Record<string, number>>): void {
    const { mj_resetData, mj_forward } = this.#mujoco;
    mj_resetData(this.#model, this.#data);
    for (const [name, position] of Object.entries(positions)) {
      this.#data.qpos[this.#model.jnt_qposadr[this.#joint(name)]] = position;
    }
    mj_forward(this.#model, this.#data);
  }

  /** Position of a body's frame or of a site, metres. */
  position(name: string): number[] {
    const { mjOBJ_BODY, mjOBJ_SITE } = this.#mujoco.mjtObj;
    const site = this.#mujoco.mj_name2id(this.#model, mjOBJ_SITE.value, name);
    const body = this.#mujoco.mj_name2id(this.#model, mjOBJ_BODY.value, name);
    const [all, id] = site >= 0 ? [this.#data.site_xpos, site] : [this.#data.xpos, body];
    return Array.from<number>(all).slice(3 * id, 3 * id + 3);
  }

  /** Joint limits, rad. */
  range(joint: string): number[] {
    const id = this.#joint(joint);
    return Array.from<number>(this.#model.jnt_range).slice(2 * id, 2 * id + 2);
  }

  /** The mass matrix of some joints without their armature, kg m². */
  massMatrix(joints: readonly string[]): number[][] {
    const size: number = this.#model.nv;
    const full = new Float64Array(size * size);
    const buffer = this.#mujoco.DoubleBuffer.FromArray(full);
    this.#mujoco.mj_fullM(this.#model, this.#data, buffer);
    const matrix = Array.from<number>(buffer.GetView());
    buffer.delete();
    const indices = joints.map((name): number => this.#model.jnt_dofadr[this.#joint(name)]);
    return indices.map((i) =>
      indices.map((j) => (matrix[size * i + j] ?? 0) - (i === j ? this.#model.dof_armature[i] : 0)),
    );
  }

  dispose(): void {
    this.#data.delete();
    this.#model.delete();
  }

  #joint(name: string): number {
    return this.#mujoco.mj_name2id(this.#model, this.#mujoco.mjtObj.mjOBJ_JOINT.value, name);
  }
}
