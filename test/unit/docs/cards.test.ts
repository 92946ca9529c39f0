import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfCorpus } from '../../../src/corpora/copies.js';
import type { ListedCorpus } from '../../../src/corpora/corpus.js';
import { listedReader } from '../../../src/corpora/listed.js';
import { corpora } from '../../../src/corpora/registry.js';
import { assertBuilt } from '../../support/mmx.js';
import { root, runScript } from './project-copy.js';

/** Of the corpus, or of the copy that several are read from. */
const cardOf = (corpus: string): string =>
  [corpus, copyOfCorpus(corpus)].find((name) => existsSync(join(root, `datasets/${name}.md`))) ?? corpus;
const card = (corpus: string): string => join(root, `datasets/${cardOf(corpus)}.md`);
const listed = Object.values(corpora).filter((one): one is ListedCorpus => one.kind === 'listed');

describe('cards of corpora', () => {
  it('exist for each, and datasets/README.md links them', () => {
    const readme = readFileSync(join(root, 'datasets/README.md'), 'utf8');
    for (const name of Object.keys(corpora)) {
      expect(existsSync(card(name)), name).toBe(true);
      expect(readme).toContain(`](${cardOf(name)}.md)`);
    }
  });

  it('say how each modality of a listed corpus is read, its classes, presets and sizes', () => {
    for (const corpus of listed) {
      const text = readFileSync(card(corpus.name), 'utf8');
      const said = (what: string): void => expect(text, corpus.name).toContain(what);
      for (const { name } of corpus.inputs) {
        said(`\`${name}\`: `);
        const { shape } = listedReader(corpus, name);
        said(shape.length === 3 ? `${shape[0]}x${shape[1]}` : String(shape.at(-1)));
      }
      for (const name of corpus.classes.filter((one) => !/^\d$/.test(one))) said(name);
      for (const preset of (corpus.presets ?? []).slice(1)) said(`\`preset: ${preset}\``);
      for (const count of Object.values(corpus.size ?? {})) said(count.toLocaleString('en'));
      said(`mmx data check ${corpus.name} --data ${corpus.name}=DIR`);
    }
  });

  it('of own examples list the kinds and options of the schemas', () => {
    assertBuilt();
    expect(runScript('update-kinds.mjs', '--check')).toEqual({ status: 0, stderr: '' });
  });

  it('belong to corpora, or to what can be fetched', () => {
    const downloads = readdirSync(join(root, 'datasets/downloads')).map((name) =>
      name.replace('.yaml', '.md'),
    );
    const known = [...Object.keys(corpora).map((name) => `${cardOf(name)}.md`), ...downloads];
    const cards = readdirSync(join(root, 'datasets')).filter((name) => name.endsWith('.md'));
    expect(cards.filter((name) => name !== 'README.md' && !known.includes(name))).toEqual([]);
  });
});
