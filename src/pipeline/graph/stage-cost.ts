/**
 * What the costs of stages are estimated from: multiply-adds of training, and for other work as many as take about as
 * long, by the seconds in the manifests of results/reference/ngiam2011 and ngiam2011-intel-xeon.
 */

/** Multiply-adds in the unit of a stage's cost. */
export const BILLION = 1e9;

/** Windows that a clip of a second or so gives. */
export const WINDOWS_A_CLIP = 20;

/** Multiply-adds for the frames of one clip. */
export const CLIP_COST = 4e9;

/** Products over all examples for a classifier and each C that it is chosen from. */
export const SOLVER_PASSES = 6000;
