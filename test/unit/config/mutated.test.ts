import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { kindOf } from '../../../src/config/extends.js';
import { ConfigError } from '../../../src/config/problems.js';
import { showConfig } from '../../../src/config/show.js';
import { loadSweep } from '../../../src/config/sweep.js';
import { loadTable } from '../../../src/config/table.js';
import { inEmptyDirectory, required, write } from './files.js';

const seeds = [
  'configs/base/mnist-halves.yaml',
  'configs/mnist-halves/rbm-cca.yaml',
  'configs/mnist-halves/sweep.yaml',
  'test/fixtures/config/table.yaml',
].map((file) => readFileSync(file, 'utf8'));

/** What YAML, JavaScript or a reader of lines may take for something special. */
const odd = fc.constantFrom(
  ...[
    'null',
    '~',
    '? {a: 1}\n: 2\n',
    '&a ',
    '*a',
    '&a &a ',
    '!!binary aGk=',
    '!!set {a}',
    '!!omap [a: 1]',
    '!x 1',
  ],
  ...[
    '2001-12-14',
    '.NaN',
    '.inf',
    '-.inf',
    '1e308',
    '9'.repeat(30),
    '0x10',
    '0o7',
    '-0',
    '1_000',
    'yes',
    'True',
  ],
  ...[
    '%YAML 1.1\n---\n',
    '%YAML 9.9\n---\n',
    '%TAG ! x\n---\n',
    '\n---\n',
    '\n...\n',
    '\ufeff',
    '\r\n',
    '\r',
    '\t',
  ],
  ...[
    '<<: {a: 1}\n',
    '<<: *a\n',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    '0',
    '',
  ],
  ...[
    '\0',
    '\ud800',
    '\udc00',
    '\u2028',
    '\u{1f600}',
    '"',
    "'",
    '`',
    '|',
    '>',
    '|+2\n',
    '#',
    ': ',
    '- ',
    ', ',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '[[[[',
    '{a: {b: {',
    'extends: ',
    'extends: x.yaml\n',
    'scales: {s: {scales: {}}}\n',
  ],
  ...[
    'table: t\n',
    'sweep: {grid: {}}\n',
    'rows: []\n',
    'columns: [{id: a}]\n',
    'stand_in: {}\n',
    'corpus: {}\n',
  ],
);

const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.oneof(fc.constant(0), fc.nat(12), fc.nat(200)),
        text: fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 4 })),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([seed, changes]) =>
    changes.reduce((text, { at, length, text: inserted }) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + inserted + text.slice(from + length);
    }, seed),
  );

/** A configuration or a ConfigError whose message is short, on lines of their own, and names no defect of ours. */
function loads(load: () => unknown): void {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message.length).toBeLessThan(40_000);
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { message } of error.problems) expect(message).not.toContain('\n');
  }
}

describe('whatever a config holds', () => {
  inEmptyDirectory();

  it('loading gives a configuration or says what is wrong with it', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        write({ 'x.yaml': text });
        loads(() => kindOf('x.yaml'));
        loads(() => showConfig(loadExperiment('x.yaml')));
        loads(() => loadTable('x.yaml'));
        loads(() => loadSweep('x.yaml', ['sweep.points=3'], {}, () => 0.5));
      }),
      { numRuns: 150 },
    );
  });

  const word = fc.oneof(
    fc.constantFrom('seeds', 'rbm', 'left', 'hidden', 'corpus', 'name', 'scales', 'extends', 'rows', '0', ''),
    odd,
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const override = fc
    .tuple(fc.array(word, { maxLength: 4 }), fc.constantFrom('=', '==', '', '=\n'), word)
    .map(([keys, equals, value]) => `${keys.join('.')}${equals}${value}`);

  it('whatever overrides say, too', () => {
    write({ 'x.yaml': required });
    fc.assert(
      fc.property(fc.array(override, { maxLength: 3 }), (overrides) => {
        loads(() => showConfig(loadExperiment('x.yaml', overrides)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'seeds=[1,\n2]',
    'seeds=# none',
    'seeds=---',
    'a\nb=1',
    'rbm.toString={}',
    '1=2',
    '\ud800=\udc00',
  ])('shows the override %j in a document that can be read again, or refuses it', (text) => {
    write({ 'x.yaml': required });
    loads(() => {
      write({ 'y.yaml': showConfig(loadExperiment('x.yaml', [text])) });
      expect(loadExperiment('y.yaml').value).toEqual(loadExperiment('x.yaml', [text]).value);
    });
  });

  it('refuses an override without a value', () => {
    write({ 'x.yaml': required });
    for (const text of ['seeds=# none', 'seeds=', 'seeds= \n']) {
      expect(() => loadExperiment('x.yaml', [text])).toThrow('there is no value after `=`');
    }
  });
});
