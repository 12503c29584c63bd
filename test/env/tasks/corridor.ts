/**
 * @file A small maze, solved exactly by value iteration: what rewards are compared on.
 *
 * A goal behind a wall: from the blind end, 0.2 m from it as the crow flies, the way leads first away.
 */

import type { RewardFunction } from "../../../shared/goal-env.ts";

/** `#` wall, `.` free, `G` the goal; a cell is 0.1 m, so only the goal's own counts as near. */
const PLAN = ["#########", "#.......#", "#.#####.#", "#.....#.#", "#####.#G#", "#########"];
const CELL = 0.1;
const MOVES = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

const cells = PLAN.flatMap((line, y) =>
  [...line].flatMap((mark, x) => (mark === "#" ? [] : [{ x, y, mark }])),
);
const goalCell = cells.find(({ mark }) => mark === "G") ?? { x: 0, y: 0 };
const place = ({ x, y }: { x: number; y: number }) => Float32Array.of(x * CELL, y * CELL);

/** The places one can be, [2] metres each, and the goal. */
export const CORRIDOR = { places: cells.map(place), goal: place(goalCell) };

/** Where each move leads from each cell: a wall leaves one where one is. */
const NEXT = cells.map((from, i) =>
  MOVES.map(([dx, dy]) => {
    const to = cells.findIndex(({ x, y }) => x === from.x + dx && y === from.y + dy);
    return to === -1 ? i : to;
  }),
);

/** Values of each move of each cell. */
function moveValues(values: readonly number[], pay: RewardFunction, gamma: number): number[][] {
  return NEXT.map((targets, i) =>
    targets.map((to) => {
      const paid = pay(CORRIDOR.places[to]!, CORRIDOR.goal, CORRIDOR.places[i]!);
      return paid + gamma * values[to]!;
    }),
  );
}

/** The optimal value of each place, by value iteration; nothing ends at the goal. */
export function solve(pay: RewardFunction, gamma: number): number[] {
  let values = cells.map(() => 0);
  for (let sweep = 0; sweep < 50 / (1 - gamma); sweep++) {
    values = moveValues(values, pay, gamma).map((each) => Math.max(...each));
  }
  return values;
}

/** The moves of each place that are optimal, ties included. */
export function greedyMoves(values: readonly number[], pay: RewardFunction, gamma: number): number[][] {
  return moveValues(values, pay, gamma).map((each) => {
    const best = Math.max(...each);
    return each.flatMap((value, move) => (value > best - 1e-6 ? [move] : []));
  });
}
