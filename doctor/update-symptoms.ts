/** @file Symptoms in the update after the checkpoint: what in it is not as in an intact one (examinations/next-update.ts). */

import { over, type Symptom, under } from "./cause.ts";

/** The update is not that of an intact learner. */
export const DIFFERS = under(
  "exam/update_agrees",
  0.5,
  "1 if the update after the checkpoint is that of an intact learner; by definition",
);

/** One part of the batch differs, and nothing else does. */
export const changed = (part: string): readonly Symptom[] => [
  DIFFERS,
  over(
    `exam/changed_${part}`,
    0.5,
    "with this part of the batch changed an intact learner has the same gradients",
  ),
];

const MEAN = "1 if the mean over the batch is not the intact one";

/** What the networks are given is as it should be, so the fault is in the gradients or after them. */
export const SAME_BATCH: readonly Symptom[] = [
  under("exam/other_values", 0.5, MEAN),
  under("exam/other_actions", 0.5, MEAN),
];
export const OTHER_VALUES = over("exam/other_values", 0.5, MEAN);
export const SAME_TARGETS = under("exam/other_targets", 0.5, MEAN);
export const OTHER_ACTIONS = over("exam/other_actions", 0.5, MEAN);

const COSINE = "cosine with the intact gradient; by definition 1";
export const gradientUnder = (network: "actor" | "critic", cosine: number) =>
  under(`exam/${network}_gradient`, cosine, COSINE);
export const gradientOver = (network: "actor" | "critic", cosine: number) =>
  over(`exam/${network}_gradient`, cosine, COSINE);

/** Of a step's direction. */
export const STEP_ALONG = "cosine of a layer's step and Adam's; by definition 1";

const STEP = "size of the step over that of Adam from the run's own sums; by definition 1";
export const stepOver = (network: "actor" | "critic", ratio: number) =>
  over(`exam/${network}_step`, ratio, STEP);
export const stepUnder = (network: "actor" | "critic", ratio: number) =>
  under(`exam/${network}_step`, ratio, STEP);
