import type { Experiment } from '../../config/index.js';
import type { Corpus } from '../../corpora/corpus.js';
import { completed, type Setting, settingOfLists, settingsOf } from '../../evaluation/settings.js';
import { unknownName } from './unknown-name.js';

/**
 * The setting that an experiment names or lists.
 *
 * @param find is told what is wrong, with the key of the config
 * @returns undefined after something was found
 */
export function askedSetting(
  asked: Experiment['setting'],
  corpus: Pick<Corpus, 'name' | 'modalities'>,
  find: (path: string, message: string) => void,
): Setting | undefined {
  const modalities = corpus.modalities.map(({ name }) => name);
  const of = ` for ${corpus.name} (${modalities.join(', ')})`;
  if (typeof asked === 'string') {
    const settings = settingsOf(modalities);
    const found = settings.find(({ name }) => name === asked);
    const known = settings.map(({ name }) => name);
    if (!found) find('setting', unknownName('setting', asked, known, of));
    return found;
  }
  let isSound = true;
  const refuse = (part: string, message: string): void => {
    isSound = false;
    find(`setting.${part}`, message);
  };
  for (const part of ['learn', 'train', 'test'] as const) {
    for (const name of asked[part] ?? []) {
      if (!modalities.includes(name)) refuse(part, unknownName('modality', name, modalities, of));
    }
  }
  const { learn } = completed(asked);
  for (const part of ['train', 'test'] as const) {
    const unlearnt = asked[part]?.find((name) => !learn.includes(name));
    if (unlearnt === undefined || !modalities.includes(unlearnt)) continue;
    refuse(
      part,
      `\`setting.${part}\` shows ${unlearnt}, but no features are learnt from it: \`setting.learn\` has ${learn.join(', ')}`,
    );
  }
  return isSound ? settingOfLists(asked, modalities) : undefined;
}
