import { isRecord } from '../../json.js';
import type { ReportedTable } from '../../report/html/collect-results.js';
import type { Figure } from '../paper.js';

/** Deep units as what they look for in sound and in pictures. */
export const figure4: Figure = {
  name: 'figure4',
  title: 'Figure 4',
  subtitle: 'what deep units look for',
  caption:
    'Each panel is one deep unit as what excites it: a spectrogram on the left, pictures of the mouth in the order ' +
    'of time on the right. Both are sums of the first-layer features it is connected to most strongly.',
  alt: 'Deep units as what they look for',
  describe,
  draws: 'deep units as the sound and the pictures that activate them',
  of: 'an experiment whose architecture is bimodal-dbn or bimodal-deep-autoencoder',
  help: `\
Each panel is one deep unit: the spectrogram and the four pictures made of the ten first-layer features it is
connected to most strongly in either modality, taken back through the whitening.`,
  load: async () => (await import('./draw-figure4.js')).drawing,
};

/** With the sizes of the model that the runs beside it have learnt. */
function describe(tables: readonly ReportedTable[]): string {
  const corpora = [...new Set(tables.map(({ table }) => table.corpus))].filter((name) => name !== '');
  const synthetic = tables.some(({ table }) => table.synthetic) ? ' (generated, not recorded)' : '';
  const hidden = [
    ...new Set(
      tables.flatMap(({ manifest }) => {
        return (manifest?.config.values.experiments ?? []).flatMap(({ rbm }) => {
          const joint = isRecord(rbm) ? rbm.joint : undefined;
          return isRecord(joint) && typeof joint.hidden === 'number' ? [joint.hidden] : [];
        });
      }),
    ),
  ];
  return [
    'Figure 4: deep units as the spectrogram and the sequence of mouth pictures that each looks for',
    ...(hidden.length === 1 ? [`of a model with ${hidden[0]} deep units`] : []),
    ...(corpora.length > 0 ? [`learnt for ${corpora.join(', ')}${synthetic}`] : []),
  ].join(', ');
}
