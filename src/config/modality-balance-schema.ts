import { z } from 'zod';
import { byModality, flag, nonNegative, positive } from './numbers.js';

const gradientModulation = z
  .strictObject({
    alpha: positive()
      .default(0.3)
      .describe('Strength: gradients are multiplied by 1 - tanh(alpha * ratio of the scores)'),
    noise: flag()
      .default(false)
      .describe('Whether noise is added to gradients, as large as the spread of their entries (OGM-GE)'),
  })
  .describe(
    'On-the-fly gradient modulation (Peng et al. 2022): smaller gradients for the encoder of a modality that predicts better than the others',
  );

/**
 * What a supervised network does where one modality learns faster than the others. All is optional, without defaults:
 * a network that asks for none of it is described, and identified, as if it did not exist.
 */
export const modalityBalance = {
  learning_speed: byModality(nonNegative())
    .optional()
    .describe(
      'Factors of the step size by modality, for the encoder and the heads of that modality alone; 1 where absent, 0 keeps their initial weights',
    ),
  gradient_modulation: gradientModulation.optional(),
  auxiliary_losses: byModality(nonNegative())
    .optional()
    .describe(
      'Weights by modality of the loss of an extra head on the representation of that modality alone, relative to the loss of the network; 0 where absent. The heads are not used in testing',
    ),
};
