/**
 * @file A small maze, solved exactly by value iteration, to compare rewards.
 *
 * The goal is behind a wall: from the dead end, 0.2 m from the goal, the path first leads away from it.
 */

import type { RewardFunction } from "../../../shared/goal-env.ts";

/** `#` wall, `.` free, `G` goal. A cell is 0.1 m, so the goal is achieved in its own cell only. */
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
const positionOf = ({ x, y }: { x: number; y: number }) => Float32Array.of(x * CELL, y * CELL);

/** Positions of the free cells, [2] metres each, and of the goal. */
export const CORRIDOR = { positions: cells.map(positionOf), goal: positionOf(goalCell) };

/** Target cell of each move from each cell; a move into a wall has no effect. */
const NEXT = cells.map((from, i) =>
  MOVES.map(([dx, dy]) => {
    const to = cells.findIndex(({ x, y }) => x === from.x + dx && y === from.y + dy);
    return to === -1 ? i : to;
  }),
);

/** Returns Q of each move in each cell. */
function moveValues(values: readonly number[], reward: RewardFunction, gamma: number): number[][] {
  return NEXT.map((targets, i) =>
    targets.map(
      (to) => reward(CORRIDOR.positions[to]!, CORRIDOR.goal, CORRIDOR.positions[i]!) + gamma * values[to]!,
    ),
  );
}

/** Returns the optimal value of each cell, by value iteration; the goal does not terminate. */
export function solve(reward: RewardFunction, gamma: number): number[] {
  let values = cells.map(() => 0);
  for (let sweep = 0; sweep < 50 / (1 - gamma); sweep++) {
    values = moveValues(values, reward, gamma).map((each) => Math.max(...each));
  }
  return values;
}

/** Returns the optimal moves of each cell, ties included. */
export function greedyMoves(values: readonly number[], reward: RewardFunction, gamma: number): number[][] {
  return moveValues(values, reward, gamma).map((each) => {
    const best = Math.max(...each);
    return each.flatMap((value, move) => (value > best - 1e-6 ? [move] : []));
  });
}
