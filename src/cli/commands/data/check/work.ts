import { kindOf } from '../../../../config/index.js';
import { copyChecks, corpusAsked, corpusNamed, isEmbedded, lookOver } from '../../../../corpora/registry.js';
import { MmxError } from '../../../../errors.js';
import { dataOf } from '../../../../pipeline/plan/resolve.js';
import { statusOf } from '../../../../read-file.js';
import { availability } from '../../../options/corpora.js';
import { print, printJson } from '../../../output.js';
import { checkedExperiments } from '../../../run/checked-experiments.js';
import { breakdownLines } from './breakdown.js';
import type { CheckFlags } from './command.js';

type Check = ReturnType<typeof lookOver>;

/** The work of `mmx data check`. @param named a corpus, or a file of experiments */
export function checkCopy(named: string, flags: CheckFlags): void {
  const asked = isConfig(named) ? corporaOf(named, flags) : [{ name: corpusNamed(named).name }];
  const checks = asked.map((corpus) => lookOver(corpusAsked(corpus), copyOf(corpus, flags), corpus.preset));
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
}

interface Asked {
  readonly name: string;
  readonly data?: string | undefined;
  readonly preset?: string | undefined;
  readonly inputs?: Parameters<typeof corpusAsked>[0]['inputs'];
}

const isConfig = (named: string): boolean => /\.ya?ml$/i.test(named) || statusOf(named)?.isFile() === true;

/** The corpora of a file of experiments, each reading of one once. */
function corporaOf(file: string, { data }: CheckFlags): readonly Asked[] {
  const kind = kindOf(file);
  if (kind === 'reproduction') {
    throw new MmxError('cli/usage', `${file} lists configurations`, {
      exitCode: 2,
      hint: 'name one of them',
    });
  }
  const experiments = checkedExperiments(file, kind, availability(data));
  const asked = experiments.map(({ value: { corpus } }) => {
    const { name, preset, inputs } = corpus;
    return { name, data: corpus.data, preset, inputs };
  });
  return [...new Map(asked.map((one) => [JSON.stringify(one), one])).values()];
}

/** @throws MmxError `cli/usage` where there is none */
function copyOf(corpus: Asked, { data = {} }: CheckFlags): string {
  const { name } = corpus;
  if (isEmbedded(corpus)) {
    throw new MmxError('cli/usage', `${name} is embedded: there is no copy to check`, {
      exitCode: 2,
      hint: `corpora that you give a copy of: ${Object.keys(copyChecks).join(', ')}`,
    });
  }
  const directory = dataOf(corpus, data);
  if (directory !== undefined) return directory;
  throw new MmxError('cli/usage', `--data names no copy of ${name}`, {
    exitCode: 2,
    hint: `mmx data check ${name} --data ${name}=DIR (mmx data info ${name} says how to get one)`,
  });
}

function show({ counts, breakdown, findings, usable }: Check): void {
  for (const { of, found, expected } of counts) {
    print(
      `${String(found).padStart(6)}  ${of}${expected === null || expected === found ? '' : `, where ${expected} belong`}`,
    );
  }
  print(...breakdownLines(breakdown), '');
  for (const { severity, what, matters, examples } of findings) {
    print(`${severity}: ${what}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`);
    print(`  → ${matters}`);
  }
  print(usable ? 'usable' : 'not usable');
}
