import { kindOf } from '../../../../config/index.js';
import { copyChecks, corpusAsked, corpusNamed, isEmbedded, lookOver } from '../../../../corpora/registry.js';
import { MmxError } from '../../../../errors.js';
import { dataOf } from '../../../../pipeline/plan/resolve.js';
import { print, printJson } from '../../../output.js';
import { type Asked, isConfig, type Reading, readingsOf } from '../corpora-of-config.js';
import { breakdownLines } from './breakdown.js';
import type { CheckFlags } from './command.js';
import { whiteningFindings } from './whitening-findings.js';

type Check = ReturnType<typeof lookOver>;

/** The work of `mmx data check`. @param named a corpus, or a file of experiments */
export function checkCopy(named: string, flags: CheckFlags): void {
  const readings: readonly Reading[] = isConfig(named)
    ? readingsOf(named, flags.data)
    : [{ asked: { name: corpusNamed(named).name }, experiments: [] }];
  const checks = readings.map(({ asked, experiments }): Check => {
    const [corpus, copy] = [corpusAsked(asked), copyOf(asked, flags)];
    const check = lookOver(corpus, copy, asked.preset);
    if (!check.usable) return check;
    const found = whiteningFindings(experiments, corpus, copy, named);
    return { ...check, usable: found.length === 0, findings: [...check.findings, ...found] };
  });
  if (flags.json) printJson(checks.length === 1 ? checks[0] : checks);
  else {
    for (const [index, check] of checks.entries()) {
      if (index > 0) print('');
      if (checks.length > 1)
        print(`${check.corpus} in ${check.directory}, reading ${index + 1} of ${checks.length}`);
      show(check);
    }
  }
  if (checks.some(({ usable }) => !usable)) process.exitCode = 1;
  else if (!flags.json && isConfig(named)) print(`next:   ${runOf(named)}`);
}

/** The command that computes what a config describes. */
const runOf = (config: string): string =>
  `mmx ${kindOf(config) === 'experiment' ? 'evaluate' : kindOf(config)} ${config}`;

/** @throws MmxError `cli/usage` where there is none */
function copyOf(corpus: Asked, { data = {} }: CheckFlags): string {
  const { name } = corpus;
  if (isEmbedded(corpus)) {
    throw new MmxError('cli/usage', `${name} is embedded: there is no copy to check`, {
      exitCode: 2,
      hint: `corpora that need a copy: ${Object.keys(copyChecks).join(', ')}`,
    });
  }
  const directory = dataOf(corpus, data);
  if (directory !== undefined) return directory;
  throw new MmxError('cli/usage', `the folder of your copy of ${name} is needed`, {
    exitCode: 2,
    hint: `mmx data check ${name} --data ${name}=DIR (mmx data info ${name} says how to get one)`,
  });
}

function show({ counts, breakdown, findings, usable }: Check): void {
  for (const { of, found, expected } of counts) {
    print(
      `${String(found).padStart(6)}  ${of}${expected === null || expected === found ? '' : `, ${expected} expected`}`,
    );
  }
  print(...breakdownLines(breakdown), '');
  for (const { severity, what, matters, examples } of findings) {
    print(`${severity}: ${what}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`);
    print(`  → ${matters}`);
  }
  print(usable ? 'usable' : 'not usable');
}
