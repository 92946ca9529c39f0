import { copyOfCorpus } from '../../../../corpora/copies.js';
import { allDownloads } from '../../../../corpora/downloads/description.js';
import { corpora, isEmbedded } from '../../../../corpora/registry.js';
import { print, printJson } from '../../../output.js';
import { places } from '../../../project/places.js';
import type { ListFlags } from './command.js';

/** The work of `mmx data ls`. */
export function listCorpora(flags: ListFlags): void {
  const downloads = allDownloads();
  const rows = Object.values(corpora).map((corpus) => {
    const { name, title, synthetic, kind } = corpus;
    const fetch = downloads.find(({ corpora: read }) => read.includes(name))?.name ?? null;
    const copy = places().data[name] ?? null;
    return { name, title, synthetic, kind, embedded: isEmbedded(corpus), fetch, copy };
  });
  if (flags.json) {
    printJson(rows);
    return;
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, title, synthetic, embedded, fetch, copy } of rows) {
    const marks = [
      ...(embedded ? ['embedded'] : []),
      ...(copy === null
        ? embedded
          ? []
          : [`your copy: --data ${copyOfCorpus(name)}=DIR`]
        : [`your copy: ${copy.path}, named in ${copy.from}`]),
      ...(fetch === null ? [] : [`open: mmx data fetch ${fetch}`]),
      ...(synthetic ? ['synthetic'] : []),
    ];
    print(`${name.padEnd(width)}  ${title}  (${marks.join(', ')})`);
  }
  const unread = downloads.filter(({ corpora: read }) => read.length === 0).map(({ name }) => name);
  print(`mmx data fetch gets open corpora without a reader too: ${unread.join(', ')}`);
}
