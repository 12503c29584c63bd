/** @file How finely the picture is drawn: as finely as the machine manages without stuttering. */

export interface PictureQuality {
  /** Pixels of the picture for each of the screen's, at most. */
  readonly pixels: number;
  /** Whether surfaces mirror the surroundings and shine. */
  readonly shine: boolean;
  /** Pixels along each side of the shadows' map. */
  readonly shadowMap: number;
}

/** Finest first. */
const LEVELS: readonly [PictureQuality, ...PictureQuality[]] = [
  { pixels: 2, shine: true, shadowMap: 2048 },
  { pixels: 1.25, shine: true, shadowMap: 2048 },
  { pixels: 1, shine: true, shadowMap: 1024 },
  { pixels: 0.8, shine: false, shadowMap: 1024 },
  { pixels: 0.55, shine: false, shadowMap: 512 },
];

/** Where a machine without a graphics processor begins. */
const SOFTWARE_LEVEL = 3;

/** Milliseconds of a frame from which on it is slow, and how many slow ones more than quick ones are too many. */
const SLOW_MS = 42;
const TOO_MANY = 8;

/** Chooses the level: pinned to the finest, or as fine as frames stay quick. */
export class QualityKeeper {
  #level: number;
  #slow = 0;
  readonly #pinned: boolean;

  constructor(software: boolean, pinned: boolean) {
    this.#pinned = pinned;
    this.#level = software && !pinned ? SOFTWARE_LEVEL : 0;
  }

  get current(): PictureQuality {
    return LEVELS[this.#level] ?? LEVELS[0];
  }

  /** Hears how long a frame took, milliseconds. Returns whether the level fell because of it. */
  noteFrame(elapsed: number): boolean {
    this.#slow = elapsed > SLOW_MS ? this.#slow + 1 : Math.max(0, this.#slow - 1);
    if (this.#pinned || this.#slow < TOO_MANY || this.#level >= LEVELS.length - 1) return false;
    this.#slow = 0;
    this.#level += 1;
    return true;
  }
}

/** Who computes WebGL 2 here: a graphics processor, the processor itself, or nobody. */
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
