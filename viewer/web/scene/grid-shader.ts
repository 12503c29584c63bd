/** @file Lines of a grid in GLSL: antialiased by how fast they pass, and gone where they would flicker. */

/** `grid(place, cell, thickness)`: 1 on the lines of a grid, 0 between them; metres, and pixels of thickness. */
export const GRID_GLSL = /* glsl */ `
  float grid(vec2 place, float cell, float thickness) {
    vec2 at = place / cell;
    vec2 width = fwidth(at);
    vec2 near = abs(fract(at - 0.5) - 0.5) / max(width, vec2(1e-5));
    float on = 1.0 - min(min(near.x, near.y) / thickness, 1.0);
    return on * (1.0 - smoothstep(0.25, 0.6, max(width.x, width.y)));
  }`;
