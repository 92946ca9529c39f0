import { isRecord } from '../../json.js';
import type { ResultGroup } from './collect-results.js';
import { heading, type Markup, pngImage, scrollBox, tag, text } from './markup.js';

/** Figure 4 of a reproduction, inside the page; empty where there is none. */
export function figure4Of(group: ResultGroup, level: number, id: string): Markup {
  const png = group.figure4;
  if (png === null) return '';
  return [
    heading(level, 'Figure 4: what deep units look for', id),
    tag(
      'figure',
      { class: 'picture' },
      scrollBox('Figure 4', pngImage(png, figure4Text(group))),
      tag(
        'figcaption',
        {},
        text(
          'Each panel is one deep unit as what excites it: a spectrogram on the left, pictures of the mouth in the order ' +
            'of time on the right. Both are sums of the first-layer features it is connected to most strongly.',
        ),
      ),
    ),
  ].join('');
}

/** In words, with the sizes of the model that the runs beside it have learnt. */
export function figure4Text({ tables }: Pick<ResultGroup, 'tables'>): string {
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
