import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { program } from '../../../src/cli/program.js';
import { parseClaims } from '../../../src/report/claims/read-claims.js';
import { projectRoot } from '../../support/mmx.js';

const text = readFileSync(join(projectRoot, 'docs/ci/github-actions.yml'), 'utf8');
const workflow = parse(text) as {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
};
const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));

describe('the workflow for GitHub Actions', () => {
  it('runs the reproduction small, then compares its claims with committed ones', () => {
    const at = (start: RegExp): number => commands.findIndex((command) => start.test(command));
    expect(at(/^npm ci$/)).toBe(0);
    expect(at(/^npx mmx reproduce ngiam2011 --smoke/)).toBeGreaterThan(0);
    expect(at(/^npx mmx check results\/reproduce\/ngiam2011-smoke --against /)).toBeGreaterThan(
      at(/^npx mmx reproduce/),
    );
  });

  it.each(commands.filter((command) => command.startsWith('npx mmx ')))(
    '%s: has a command, options and files that exist',
    (command) => {
      const [name, ...rest] = command.split(' ').slice(2);
      const found = program().commands.find((one) => one.name() === name);
      const options = found?.options.flatMap(({ long, short }) => [long, short]);
      for (const word of rest) {
        if (word.startsWith('-')) expect(options).toContain(word);
        if (word.startsWith('results/reference/'))
          expect(existsSync(join(projectRoot, word)), word).toBe(true);
      }
      expect(found).toBeDefined();
    },
  );

  it('compares with claims of which some can be lost', () => {
    const references = [...text.matchAll(/--against (\S+)/g)].map(([, path = '']) => path);
    expect(references).toHaveLength(2);
    for (const path of references) {
      const { counts } = parseClaims(readFileSync(join(projectRoot, path), 'utf8'), path);
      expect(counts.reproduced, path).toBeGreaterThan(0);
    }
  });
});
