import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { architectureKinds } from '../../../../src/architectures/index.js';
import { loadExperiment } from '../../../../src/config/index.js';
import { checkExperiments } from '../../../../src/pipeline/plan/resolve.js';
import { errorOf } from '../../../support/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'mmx-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is said of own examples with a modality of this name beside another. */
function said(name: string): string {
  const file = join(folder, 'own.yaml');
  const own = `${JSON.stringify(name)}: {kind: image}`;
  writeFileSync(
    file,
    `corpus: {name: examples, inputs: {${own}, photo: {kind: image}}}\narchitecture: preprocessed\nsetting: fusion\n`,
  );
  return errorOf(() => checkExperiments([loadExperiment(file)])).message;
}

describe('the name of a modality of own examples', () => {
  it.each(['Photo', 'mel-bands', 'toString', '1st', '', 'naïve', 'a b', 'x\u001b[31m'])(
    'is no %j: a column and a setting could not be told by it',
    (name) => {
      expect(said(name)).toContain(
        'is not a valid modality name: use lower-case letters, digits and _, starting with a letter',
      );
    },
  );

  it('is no key that YAML may not have', () => {
    expect(said('__proto__')).toMatch(/`?__proto__`?/);
  });

  it.each(['split', 'label', 'group'])('is no %s, which is another column', (name) => {
    expect(said(name)).toContain(`\`${name}\` of the list is not a modality`);
  });

  it.each([
    'constructor',
    'joint',
    'shallow',
    'photo_above',
    'autoencoder',
    'cca',
    'train',
    'rows_photo',
    'tested_photo',
    'beside_photo',
    'candidate_1',
  ])('is not %s, which a layer or an input of a stage is called', (name) => {
    expect(said(name)).toContain('is reserved');
  });

  it('is none of a piece that an architecture trains', () => {
    for (const { family } of architectureKinds.filter(({ family }) => /^[a-z_]+$/.test(family))) {
      expect(said(family)).toContain('is reserved');
    }
  });

  it.each(['kind', 'image', 'text', 'left2', 'above', 'data', 'name'])('may be %s', (name) => {
    expect(() => said(name)).toThrow('nothing was thrown');
  });
});
