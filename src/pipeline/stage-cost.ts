/** What the costs of stages are estimated from. */

/** Multiply-adds in the unit of a stage's cost. */
export const BILLION = 1e9;

/** Windows that a clip of a second or so gives. */
export const WINDOWS_A_CLIP = 20;

/** Multiply-adds that making the frames of one clip takes, roughly. */
export const CLIP_COST = 1e9;

/** Products over all examples that a classifier and the choice of its C take, roughly. */
export const SOLVER_PASSES = 1000;
