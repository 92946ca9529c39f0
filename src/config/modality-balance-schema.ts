import { z } from 'zod';
import { byModality, flag, nonNegative, positive } from './numbers.js';

const gradientModulation = z
  .strictObject({
    alpha: positive()
      .default(0.3)
      .describe('How much: gradients are multiplied by 1 - tanh(alpha * ratio of the scores)'),
    noise: flag()
      .default(false)
      .describe('Whether gradients get noise as large as the spread of their entries (OGM-GE)'),
  })
  .describe(
    'On-the-fly gradient modulation (Peng et al. 2022): smaller gradients for the encoder of a modality that answers better than the others',
  );

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
  gradient_modulation: gradientModulation.optional(),
  auxiliary_losses: byModality(nonNegative())
    .optional()
    .describe(
      'Weights by modality of the loss of a head on its representation alone, where the loss of the network counts 1; 0 where absent. The heads are not used in testing',
    ),
};
