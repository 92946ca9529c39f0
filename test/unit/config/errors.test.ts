import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { configErrorAt, configErrorsAt, placeOf } from '../../../src/config/resolved.js';
import { loadTable } from '../../../src/config/table.js';
import { configError, inEmptyDirectory, required, write } from './files.js';

inEmptyDirectory();

/** The whole message for one experiment file. */
function messageOf(content: string | Uint8Array, overrides: readonly string[] = []): string {
  write({ 'x.yaml': content });
  const error = configError(() => loadExperiment('x.yaml', overrides));
  expect(error.exitCode).toBe(2);
  expect(error.code).toMatch(/^config\//);
  return `[${error.code}]\n${error.message}`;
}

describe('values', () => {
  it('shows all problems of a file at once, each with its line', () => {
    const content = `# comment
corpus: {train: -1, tests: 5}
architecture: bimodal-dnb
setting: shard-left-to-right
seeds: [1, 1]
rbm:
  left:
    hiden: 500
    epochs: 2.5
    learning_rate: .nan
    visible: gausian
    momentum: 0.9
    sparsity: {target: 1.5, form: neither}
  Left half: {hidden: 3}
autoencoder: 5
evaluation: {classifier: {c: [], cv_examples: most, bias: yes}}
checkpoint_second: 30
`;
    expect(messageOf(content)).toMatchInlineSnapshot(`
      "[config/invalid]
      x.yaml:2:1: \`corpus.name\` is missing; it must be a non-empty text
        2 | corpus: {train: -1, tests: 5}
          | ^^^^^^

      x.yaml:2:17: \`corpus.train\` must be a whole number of at least 1, not -1
        2 | corpus: {train: -1, tests: 5}
          |                 ^^

      x.yaml:2:21: unknown key \`tests\` in \`corpus\`; did you mean \`test\`?
        2 | corpus: {train: -1, tests: 5}
          |                     ^^^^^

      x.yaml:4:10: \`setting\` must be fusion, classic-<modality>, cross-modality-<modality>, shared-<modality>-to-<modality>, fusion-to-<modality>, or a map with \`train\` and, where they differ, \`learn\` and \`test\`, not 'shard-left-to-right'; did you mean \`shared-left-to-right\`?
        4 | setting: shard-left-to-right
          |          ^^^^^^^^^^^^^^^^^^^

      x.yaml:5:8: \`seeds\` names a seed twice
        5 | seeds: [1, 1]
          |        ^^^^^^

      x.yaml:8:5: unknown key \`hiden\` in \`rbm.left\`; did you mean \`hidden\`?
        8 |     hiden: 500
          |     ^^^^^

      x.yaml:9:13: \`rbm.left.epochs\` must be a whole number of at least 1, not 2.5
        9 |     epochs: 2.5
          |             ^^^

      x.yaml:10:20: \`rbm.left.learning_rate\` must be a number above 0, not .nan
        10 |     learning_rate: .nan
           |                    ^^^^

      x.yaml:11:14: \`rbm.left.visible\` must be binary or gaussian, not 'gausian'; did you mean \`gaussian\`?
        11 |     visible: gausian
           |              ^^^^^^^

      x.yaml:12:15: \`rbm.left.momentum\` must be a map, not 0.9
        12 |     momentum: 0.9
           |               ^^^

      x.yaml:13:24: \`rbm.left.sparsity.target\` must be a number between 0 and 1, both excluded, not 1.5
        13 |     sparsity: {target: 1.5, form: neither}
           |                        ^^^

      x.yaml:13:35: \`rbm.left.sparsity.form\` must be gradient or bias, not 'neither'
        13 |     sparsity: {target: 1.5, form: neither}
           |                                   ^^^^^^^

      x.yaml:14:3: \`Left half\` is not a valid name: use lower-case letters, digits and _
        14 |   Left half: {hidden: 3}
           |   ^^^^^^^^^

      x.yaml:15:14: \`autoencoder\` must be a map, not 5
        15 | autoencoder: 5
           |              ^

      x.yaml:16:30: \`evaluation.classifier.c\` must name at least one value of C
        16 | evaluation: {classifier: {c: [], cv_examples: most, bias: yes}}
           |                              ^^

      x.yaml:16:47: \`evaluation.classifier.cv_examples\` must be a whole number of at least 1, or \`all\`, not 'most'
        16 | evaluation: {classifier: {c: [], cv_examples: most, bias: yes}}
           |                                               ^^^^

      x.yaml:16:59: \`evaluation.classifier.bias\` must be true or false, not 'yes'
        16 | evaluation: {classifier: {c: [], cv_examples: most, bias: yes}}
           |                                                           ^^^

      x.yaml:17:1: unknown key \`checkpoint_second\`; did you mean \`checkpoint_seconds\`?
        17 | checkpoint_second: 30
           | ^^^^^^^^^^^^^^^^^"
    `);
  });

  it('names what is missing', () => {
    expect(messageOf('seeds: [1]\n')).toMatchInlineSnapshot(`
      "[config/missing-key]
      x.yaml:1:1: \`corpus\` is missing; it must be the name of a corpus, or a map with its \`name\` and options

      x.yaml:1:1: \`architecture\` is missing; it must be the name of an architecture: \`mmx data info CORPUS\` lists them

      x.yaml:1:1: \`setting\` is missing; it must be fusion, classic-<modality>, cross-modality-<modality>, shared-<modality>-to-<modality>, fusion-to-<modality>, or a map with \`train\` and, where they differ, \`learn\` and \`test\`"
    `);
  });

  it('names a missing key inside a section at the section', () => {
    expect(messageOf(`${required}corpus_: 1\n`.replace('mnist-halves', '{train: 5}'))).toMatchInlineSnapshot(`
      "[config/invalid]
      x.yaml:1:1: \`corpus.name\` is missing; it must be a non-empty text
        1 | corpus: {train: 5}
          | ^^^^^^

      x.yaml:4:1: unknown key \`corpus_\`; did you mean \`corpus\`?
        4 | corpus_: 1
          | ^^^^^^^"
    `);
  });

  it('lists the known keys when none is near', () => {
    expect(messageOf(`${required}cca: {shrinkage: 1}\n`)).toMatchInlineSnapshot(`
      "[config/unknown-key]
      x.yaml:4:7: unknown key \`shrinkage\` in \`cca\`; known keys: dimensions, ridge, weighting
        4 | cca: {shrinkage: 1}
          |       ^^^^^^^^^"
    `);
  });

  it('refuses infinite numbers', () => {
    expect(messageOf(`${required}cca: {ridge: .inf, weighting: 1e999}\n`)).toMatchInlineSnapshot(`
      "[config/invalid-value]
      x.yaml:4:14: \`cca.ridge\` must be a number of at least 0, not .inf
        4 | cca: {ridge: .inf, weighting: 1e999}
          |              ^^^^

      x.yaml:4:31: \`cca.weighting\` must be a number of at least 0, not .inf
        4 | cca: {ridge: .inf, weighting: 1e999}
          |                               ^^^^^"
    `);
  });

  it('refuses a null in a list, and an empty list', () => {
    expect(messageOf(`${required}seeds: [1, null, two]\n`)).toMatchInlineSnapshot(`
      "[config/invalid-value]
      x.yaml:4:12: \`seeds[1]\` must be a whole number of at least 0, not null
        4 | seeds: [1, null, two]
          |            ^^^^

      x.yaml:4:18: \`seeds[2]\` must be a whole number of at least 0, not 'two'
        4 | seeds: [1, null, two]
          |                  ^^^"
    `);
    expect(messageOf(`${required}seeds: []\n`)).toMatchInlineSnapshot(`
      "[config/invalid-value]
      x.yaml:4:8: \`seeds\` must name at least one seed
        4 | seeds: []
          |        ^^"
    `);
  });

  it('knows no key that JavaScript objects happen to have', () => {
    expect(messageOf(`${required}__proto__: {a: 1}\nvalueOf: 1\n`)).toMatchInlineSnapshot(`
      "[config/unknown-key]
      x.yaml:4:1: unknown key \`__proto__\`
        4 | __proto__: {a: 1}
          | ^^^^^^^^^

      x.yaml:5:1: unknown key \`valueOf\`; known keys: corpus, unlabelled, architecture, setting, measure, seeds, engine, tf32, front_end, rbm, autoencoder, cca, models, features, evaluation, scale, checkpoint_seconds, scales, stand_in
        5 | valueOf: 1
          | ^^^^^^^"
    `);
  });

  it('cuts long lines around the place', () => {
    const long = `${required}rbm: {left: {cd_steps: 5, batch: 10, epochs: 10, sigma: 1, learning_rate: 0.1, weight_decay: 0.1, init_sd: 0.1, visible: binary, hidden: none, momentum: {}, sparsity: {}}}\n`;
    expect(messageOf(long)).toMatchInlineSnapshot(`
      "[config/invalid-value]
      x.yaml:4:138: \`rbm.left.hidden\` must be a whole number from 1 to 100000, not 'none'
        4 | …: 0.1, weight_decay: 0.1, init_sd: 0.1, visible: binary, hidden: none, momentum: {}, sparsity: {}}}
          |                                                                   ^^^^"
    `);
  });
});

describe('files', () => {
  it('missing', () => {
    const error = configError(() => loadExperiment('configs/none.yaml'));
    expect(`[${error.code}]\n${error.message}`).toMatchInlineSnapshot(`
      "[config/missing-file]
      configs/none.yaml: the file does not exist"
    `);
  });

  it('a directory', () => {
    mkdirSync('configs');
    const error = configError(() => loadExperiment('configs'));
    expect(`[${error.code}]\n${error.message}`).toMatchInlineSnapshot(`
      "[config/unreadable]
      configs: the file is a directory; name a YAML file in it"
    `);
  });

  it('empty, or comments only', () => {
    expect(messageOf('')).toMatchInlineSnapshot(`
      "[config/empty]
      x.yaml:1:1: the file is empty"
    `);
    expect(messageOf('# nothing\n')).toMatchInlineSnapshot(`
      "[config/empty]
      x.yaml:1:1: the file is empty"
    `);
  });

  it('not UTF-8', () => {
    expect(messageOf(Uint8Array.of(0x61, 0x3a, 0x20, 0x31, 0x0a, 0x62, 0x3a, 0xff))).toMatchInlineSnapshot(`
      "[config/not-utf8]
      x.yaml: the file is not UTF-8 text (line 2)"
    `);
  });

  it('far too large', () => {
    expect(messageOf(`# ${'x'.repeat(2 ** 20)}`)).toMatchInlineSnapshot(`
      "[config/too-large]
      x.yaml: the file is larger than 1 MiB, the most that a config may have"
    `);
  });

  it('a list', () => {
    expect(messageOf('- a\n- b\n')).toMatchInlineSnapshot(`
      "[config/invalid-value]
      x.yaml:1:1: a config is a map of keys to values, not a list
        1 | - a
          | ^^^"
    `);
  });

  it('a table where an experiment is asked for, and the reverse', () => {
    expect(messageOf(`${required}table: t\n`)).toMatchInlineSnapshot(`
      "[config/is-table]
      x.yaml:4:1: this is a table of experiments, not a single experiment: use \`mmx table\`
        4 | table: t
          | ^^^^^"
    `);
    write({ 'e.yaml': required });
    expect(configError(() => loadTable('e.yaml')).message).toMatchInlineSnapshot(
      `"e.yaml:1:1: this is not a table: it has no \`table\` key with a name; use \`mmx evaluate\` to run a single experiment"`,
    );
  });

  it('accepts a byte order mark and CRLF line ends', () => {
    write({ 'x.yaml': `\uFEFF${required}seeds: [3]\n`.replaceAll('\n', '\r\n') });
    const config = loadExperiment('x.yaml');
    expect(config.value.seeds).toEqual([3]);
    expect(placeOf(config, 'seeds')).toBe('x.yaml:4:8');
  });
});

describe('YAML', () => {
  it('syntax', () => {
    expect(messageOf('corpus: [1\nsetting: {a: b: c}\n')).toMatchInlineSnapshot(`
      "[config/syntax]
      x.yaml:2:1: this is not valid YAML: the list that [ begins must end with ], and its lines must be indented
        2 | setting: {a: b: c}
          | ^"
    `);
  });

  it.each([
    ['corpus: x\n  setting: y\n', "a value cannot contain 'key: value'"],
    ['corpus: a: b\n', "a value cannot contain 'key: value'"],
    ['corpus: {name: x\n', 'the map that { begins must end with }'],
    ['corpus: "x\n', 'the text has no closing quote'],
    ["corpus: 'x\n", 'the text has no closing quote'],
  ])('syntax of %j in words of its own, not of the parser', (text, sentence) => {
    expect(messageOf(text)).toContain(`this is not valid YAML: ${sentence}`);
  });

  it('tabs', () => {
    expect(messageOf('rbm:\n\tleft: {}\n')).toMatchInlineSnapshot(`
      "[config/syntax]
      x.yaml:2:1: YAML is indented with spaces, not tabs
        2 |  left: {}
          | ^"
    `);
  });

  it('duplicate keys', () => {
    expect(
      messageOf(`${required}cca: {ridge: 1, dimensions: 3, ridge: 2}\nsetting: fusion\n`),
    ).toMatchInlineSnapshot(`
      "[config/duplicate-key]
      x.yaml:4:32: \`ridge\` is set twice; first on line 4
        4 | cca: {ridge: 1, dimensions: 3, ridge: 2}
          |                                ^^^^^

      x.yaml:5:1: \`setting\` is set twice; first on line 3
        5 | setting: fusion
          | ^^^^^^^"
    `);
  });

  it('keys that are no words', () => {
    expect(messageOf(`${required}? [1, 2]\n: 3\n`)).toMatchInlineSnapshot(`
      "[config/invalid-key]
      x.yaml:4:3: a key must be a word
        4 | ? [1, 2]
          |   ^^^^^^"
    `);
  });

  it('a second document', () => {
    expect(messageOf(`${required}---\nseeds: [1]\n`)).toMatchInlineSnapshot(`
      "[config/syntax]
      x.yaml:4:1: a config must be one YAML document; a second document begins here
        4 | ---
          | ^^^"
    `);
  });

  it('unknown tags, anchors and merge keys', () => {
    expect(messageOf(`${required}seeds: !range 1-3\n`)).toMatchInlineSnapshot(`
      "[config/syntax]
      x.yaml:4:8: this is not valid YAML: unresolved tag: !range
        4 | seeds: !range 1-3
          |        ^^^^^^"
    `);
    expect(messageOf(`${required}seeds: *seeds\n`)).toMatchInlineSnapshot(`
      "[config/syntax]
      x.yaml:4:8: there is no anchor &seeds above this alias
        4 | seeds: *seeds
          |        ^^^^^^"
    `);
    expect(messageOf(`${required}cca: {<<: {ridge: 1}}\n`)).toMatchInlineSnapshot(`
      "[config/unknown-key]
      x.yaml:4:7: merge keys (\`<<\`) are not supported: use \`extends\`
        4 | cca: {<<: {ridge: 1}}
          |       ^^"
    `);
  });

  it('aliases that expand without end', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]\n`);
    const started = performance.now();
    expect(messageOf(`a0: &a0 [x, x, x, x, x, x, x, x, x]\n${levels.join('')}`)).toMatchInlineSnapshot(`
      "[config/too-large]
      x.yaml:1:34: a config may have at most 10000 values, counting expanded aliases and all extended files
        1 | a0: &a0 [x, x, x, x, x, x, x, x, x]
          |                                  ^"
    `);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('an alias of itself', () => {
    expect(messageOf(`${required}rbm: &r {left: *r}\n`)).toMatchInlineSnapshot(`
      "[config/too-large]
      x.yaml:4:9: values are nested more than 32 levels deep
        4 | rbm: &r {left: *r}
          |         ^^^^^^^^^^"
    `);
  });

  it('twenty thousand brackets', () => {
    // Where the parser's stack ends depends on the machine.
    const message = messageOf('['.repeat(20_000)).replace(/:1:\d+:/, ':1:COLUMN:');
    expect(message).toMatchInlineSnapshot(`
      "[config/syntax]
      x.yaml:1:COLUMN: values are nested too deeply
        1 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
          |                                                   ^"
    `);
  });
});

describe('extends', () => {
  it('points at the name of a file that is not there', () => {
    write({ 'configs/x.yaml': `extends: [../base/none.yaml, 5]\n${required}` });
    expect(configError(() => loadExperiment('configs/x.yaml')).message).toMatchInlineSnapshot(`
      "configs/x.yaml:1:11: the file base/none.yaml does not exist
        1 | extends: [../base/none.yaml, 5]
          |           ^^^^^^^^^^^^^^^^^

      configs/x.yaml:1:30: \`extends\` must be the path of a file, or a list of paths
        1 | extends: [../base/none.yaml, 5]
          |                              ^"
    `);
  });

  it('points into the file a problem is in', () => {
    write({
      'base/b.yaml': 'cca: {ridge: -1}\nepochs: 5\n',
      'configs/x.yaml': `extends: ../base/b.yaml\n${required}cca: {dimension: 5}\n`,
    });
    expect(configError(() => loadExperiment('configs/x.yaml')).message).toMatchInlineSnapshot(`
      "base/b.yaml:1:14: \`cca.ridge\` must be a number of at least 0, not -1
        1 | cca: {ridge: -1}
          |              ^^

      base/b.yaml:2:1: unknown key \`epochs\`; known keys: corpus, unlabelled, architecture, setting, measure, seeds, engine, tf32, front_end, rbm, autoencoder, cca, models, features, evaluation, scale, checkpoint_seconds, scales, stand_in
        2 | epochs: 5
          | ^^^^^^

      configs/x.yaml:5:7: unknown key \`dimension\` in \`cca\`; did you mean \`dimensions\`?
        5 | cca: {dimension: 5}
          |       ^^^^^^^^^"
    `);
  });

  it('tells the first few of many syntax errors: the file may be no YAML at all', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `key${i}: "value" and more`);
    const { problems } = configError(() => {
      write({ 'x.yaml': `${lines.join('\n')}\n` });
      loadExperiment('x.yaml');
    });
    expect(problems.map(({ code, line }) => [code, line])).toEqual(
      [1, 2, 3].map((line) => ['config/syntax', line]),
    );
  });

  it('tells syntax errors of every file', () => {
    write({ 'b.yaml': 'cca: {', 'x.yaml': 'extends: b.yaml\ncca: [\n' });
    expect(configError(() => loadExperiment('x.yaml')).problems.map(({ file }) => file)).toEqual(['x.yaml']);
    write({ 'x.yaml': 'extends: [b.yaml, c.yaml]\n' });
    expect(configError(() => loadExperiment('x.yaml')).message).toMatchInlineSnapshot(`
      "b.yaml:1:7: this is not valid YAML (bad indent)

      x.yaml:1:19: the file c.yaml does not exist
        1 | extends: [b.yaml, c.yaml]
          |                   ^^^^^^"
    `);
  });

  it('shows a cycle, however its paths are spelt', () => {
    write({
      'a.yaml': 'extends: dir/b.yaml\n',
      'dir/b.yaml': 'extends: ../c.yaml\n',
      'c.yaml': 'extends: dir/../a.yaml\n',
    });
    expect(configError(() => loadExperiment('a.yaml')).message).toMatchInlineSnapshot(`
      "c.yaml:1:10: extends forms a cycle: a.yaml → dir/b.yaml → c.yaml → a.yaml
        1 | extends: dir/../a.yaml
          |          ^^^^^^^^^^^^^"
    `);
    write({ 'self.yaml': 'extends: ./self.yaml\n' });
    expect(configError(() => loadExperiment('self.yaml')).message).toMatchInlineSnapshot(`
      "self.yaml:1:10: extends forms a cycle: self.yaml → self.yaml
        1 | extends: ./self.yaml
          |          ^^^^^^^^^^^"
    `);
  });
});

describe('overrides', () => {
  it('that cannot be read', () => {
    expect(
      messageOf(required, ['seeds', '=3', 'a..b=1', 'cca=', 'seeds=[1', '__proto__.x=1']),
    ).toMatchInlineSnapshot(`
      "[config/invalid]
      override seeds: an override is written key.path=value
        seeds
        ^^^^^

      override =3: the part before \`=\` must be keys separated by single dots, as in rbm.left.hidden=512
        =3
        ^

      override a..b=1: the part before \`=\` must be keys separated by single dots, as in rbm.left.hidden=512
        a..b=1
        ^^^^

      override cca=: there is no value after \`=\`; write null to remove the key
        cca=
           ^

      override seeds=[1: this is not valid YAML: the list that [ begins must end with ]
        seeds=[1
                ^

      override __proto__.x=1: the part before \`=\` must be keys separated by single dots, as in rbm.left.hidden=512
        __proto__.x=1
        ^^^^^^^^^^^"
    `);
  });

  it('that set what is not valid', () => {
    const overrides = [
      'architecture=rbmm',
      'rbm.left.hiden=3',
      'rbm.left.hidden=big',
      'seeds=3',
      'seeds.0=3',
    ];
    expect(messageOf(required, overrides)).toMatchInlineSnapshot(`
      "[config/invalid]
      override seeds.0=3: \`seeds\` must be a list of whole numbers, not a map
        seeds.0=3
        ^^^^^^^^^

      override rbm.left.hidden=big: \`rbm.left.hidden\` must be a whole number from 1 to 100000, not 'big'
        rbm.left.hidden=big
                        ^^^

      override rbm.left.hiden=3: unknown key \`hiden\` in \`rbm.left\`; did you mean \`hidden\`?
        rbm.left.hiden=3
                 ^^^^^"
    `);
  });
});

describe('errors found after loading', () => {
  it('are shown where the value is', () => {
    write({ 'x.yaml': `${required}rbm:\n  lefft: {hidden: 5}\n` });
    const config = loadExperiment('x.yaml', ['setting=classic-top']);
    const error = configErrorAt(config, 'rbm.lefft', 'the corpus has no modality `lefft`', 'left, right');
    expect(error.message).toMatchInlineSnapshot(`
      "x.yaml:5:3: the corpus has no modality \`lefft\`
        5 |   lefft: {hidden: 5}
          |   ^^^^^"
    `);
    expect(error).toMatchObject({ exitCode: 2, hint: 'left, right' });
    expect(
      configErrorAt(config, 'setting', 'the corpus has no modality `top`').message,
    ).toMatchInlineSnapshot(`
      "override setting=classic-top: the corpus has no modality \`top\`
        setting=classic-top
                ^^^^^^^^^^^"
    `);
    expect(configErrorAt(config, 'rbm.joint.hidden', 'too many units').message).toMatchInlineSnapshot(`
      "x.yaml:4:1: too many units
        4 | rbm:
          | ^^^"
    `);
    expect(configErrorAt(config, 'cca.dimensions', 'too many variates').message).toMatchInlineSnapshot(
      `"x.yaml:1:1: too many variates"`,
    );
  });

  it('are shown together', () => {
    write({ 'x.yaml': required });
    const config = loadExperiment('x.yaml');
    const findings = ['corpus.name', 'setting'].map((path) => ({ config, path, message: `about ${path}` }));
    expect(configErrorsAt(findings).problems).toEqual([
      { code: 'config/invalid-value', file: 'x.yaml', line: 1, column: 9, message: 'about corpus.name' },
      { code: 'config/invalid-value', file: 'x.yaml', line: 3, column: 10, message: 'about setting' },
    ]);
  });

  it('survive the loss of the text behind a configuration', () => {
    write({ 'x.yaml': required });
    const copy = structuredClone(loadExperiment('x.yaml'));
    expect(configErrorAt(copy, 'setting', 'it makes no sense').message).toBe(
      'x.yaml:3:10: it makes no sense',
    );
  });
});
