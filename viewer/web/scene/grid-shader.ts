/** @file Antialiased grid lines in GLSL, faded out where they would be finer than a pixel. */

/** `grid(position, cell, thickness)`: 1 on the grid lines, 0 between them. Position and cell in metres, thickness in pixels. */
export const GRID_GLSL = /* glsl */ `
  float grid(vec2 position, float cell, float thickness) {
    vec2 at = position / cell;
    vec2 width = fwidth(at);
    vec2 near = abs(fract(at - 0.5) - 0.5) / max(width, vec2(1e-5));
    float on = 1.0 - min(min(near.x, near.y) / thickness, 1.0);
    return on * (1.0 - smoothstep(0.25, 0.6, max(width.x, width.y)));
  }`;
