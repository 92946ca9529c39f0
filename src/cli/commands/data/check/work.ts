import { copyChecks, corpusNamed } from '../../../../corpora/registry.js';
import { MmxError } from '../../../../errors.js';
import { print, printJson } from '../../../output.js';
import { breakdownLines } from './breakdown.js';
import type { CheckFlags } from './command.js';

/** The work of `mmx data check`. */
export function checkCopy(name: string, { data = {}, json }: CheckFlags): void {
  corpusNamed(name);
  const check = Object.hasOwn(copyChecks, name) ? copyChecks[name] : undefined;
  const directory = data[name];
  if (!check || directory === undefined) {
    throw new MmxError(
      'cli/usage',
      check ? `--data names no copy of ${name}` : `${name} is embedded: there is no copy to check`,
      {
        exitCode: 2,
        hint: check
          ? `mmx data check ${name} --data ${name}=DIR (mmx data info ${name} says how to get one)`
          : `corpora that you give a copy of: ${Object.keys(copyChecks).join(', ')}`,
      },
    );
  }
  const result = check(directory);
  if (json) printJson(result);
  else {
    for (const { of, found, expected } of result.counts) {
      print(
        `${String(found).padStart(6)}  ${of}${expected === null || expected === found ? '' : `, where ${expected} belong`}`,
      );
    }
    print(...breakdownLines(result.breakdown), '');
    for (const { severity, what, matters, examples } of result.findings) {
      print(`${severity}: ${what}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`);
      print(`  → ${matters}`);
    }
    print(result.usable ? 'usable' : 'not usable');
  }
  if (!result.usable) process.exitCode = 1;
}
