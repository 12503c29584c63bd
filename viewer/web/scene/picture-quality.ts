/** @file Chooses the rendering quality: the highest at which frames are fast enough. */

export interface PictureQuality {
  /** Maximum pixel ratio of the picture. */
  readonly pixels: number;
  readonly reflections: boolean;
  /** Width and height of the shadow map, pixels. */
  readonly shadowMap: number;
}

/** Highest quality first. */
const LEVELS: readonly [PictureQuality, ...PictureQuality[]] = [
  { pixels: 2, reflections: true, shadowMap: 2048 },
  { pixels: 1.25, reflections: true, shadowMap: 2048 },
  { pixels: 1, reflections: true, shadowMap: 1024 },
  { pixels: 0.8, reflections: false, shadowMap: 1024 },
  { pixels: 0.55, reflections: false, shadowMap: 512 },
];

/** The first level without a GPU. */
const SOFTWARE_LEVEL = 3;

/** Milliseconds from which a frame is slow, and the surplus of slow frames that lowers the level. */
const SLOW_FRAME_MS = 42;
const MAX_SLOW_SURPLUS = 8;

/** Lowers the level after slow frames, unless it is fixed to the highest. */
export class AdaptiveQuality {
  #level: number;
  #slowSurplus = 0;
  readonly #isFixed: boolean;

  /**
   * @param isSoftware whether the browser renders without a GPU
   * @param isFixed    whether to stay at the highest level
   */
  constructor(isSoftware: boolean, isFixed: boolean) {
    this.#isFixed = isFixed;
    this.#level = isSoftware && !isFixed ? SOFTWARE_LEVEL : 0;
  }

  get current(): PictureQuality {
    return LEVELS[this.#level] ?? LEVELS[0];
  }

  /** Reports the duration of a frame, ms. Returns whether this lowered the level. */
  reportFrameTime(elapsed: number): boolean {
    this.#slowSurplus = elapsed > SLOW_FRAME_MS ? this.#slowSurplus + 1 : Math.max(0, this.#slowSurplus - 1);
    if (this.#isFixed || this.#slowSurplus < MAX_SLOW_SURPLUS || this.#level >= LEVELS.length - 1)
      return false;
    this.#slowSurplus = 0;
    this.#level += 1;
    return true;
  }
}

/** Whether WebGL 2 is rendered by a GPU, in software, or not available. */
export function graphicsOf(canvas: HTMLCanvasElement): "hardware" | "software" | "none" {
  const context = canvas.getContext("webgl2");
  if (context === null) return "none";
  const names = context.getExtension("WEBGL_debug_renderer_info");
  const renderer: unknown = names === null ? "" : context.getParameter(names.UNMASKED_RENDERER_WEBGL);
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return typeof renderer === "string" && /swiftshader|llvmpipe|software|basic render/i.test(renderer)
    ? "software"
    : "hardware";
}
