import { byModality, nonNegative } from './numbers.js';

/**
 * What a supervised network does where one modality learns faster than the others. All is optional, without defaults:
 * a network that asks for none of it is described, and identified, as if it did not exist.
 */
export const modalityBalance = {
  learning_speed: byModality(nonNegative())
    .optional()
    .describe(
      'Factors of the step size by modality, for its encoder and for the heads that are its own; 1 where absent, 0 keeps them as they are drawn',
    ),
};
