import { MmxError } from '../../errors.js';

/** @param which of the clips or examples lack it */
export function lackingModality(modality: string, which = 'some clips'): MmxError {
  return new MmxError(
    'corpora/modality',
    `${which} of the corpus ${which.startsWith('no') ? 'has' : 'have no'} ${modality}, which this experiment needs`,
    { hint: 'mmx data check CORPUS --data CORPUS=DIR says which' },
  );
}
