/** `npm run fuzz`: the long form, and single inputs again. */
import { parseArgs } from 'node:util';
import { BatchRunner, inputOf } from './core/batch.js';
import { limits } from './core/child.js';
import { fuzz, type TargetReport } from './core/fuzz.js';
import { writtenInput } from './core/protocol.js';
import { defectText, hasFailed, progressLine, reportTable } from './core/report.js';
import { targetNamed, targets } from './targets/index.js';

const usage = `npm run fuzz -- [options]
  --inputs N       inputs of all targets together (20000)
  --seed N         another seed gives other inputs (1)
  --only WORD      targets whose name contains the word (repeatable)
  --processes N    at once (2)
  --minimise S     seconds spent on making the input of a defect smaller (2)
  --json           print the report as JSON
  --list           print the names of the targets
  --target NAME --input N     run this one input and print it; --seed as it was found with`;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    processes: { type: 'string', default: '2' },
    minimise: { type: 'string', default: '2' },
    target: { type: 'string' },
    input: { type: 'string' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else if (values.list) console.log(targets.map(({ name }) => name).join('\n'));
else if (values.target !== undefined && values.input !== undefined)
  await one(values.target, Number(values.input));
else await all();

async function all(): Promise<void> {
  const chosen = targets.filter(
    ({ name }) => values.only.length === 0 || values.only.some((word) => name.includes(word)),
  );
  const started = performance.now();
  let told = started;
  const reports = await fuzz({
    targets: chosen,
    inputs: Number(values.inputs),
    seed: Number(values.seed),
    processes: Number(values.processes),
    minimiseSeconds: Number(values.minimise),
    progress(done, whole, defects) {
      const now = performance.now();
      if (now - told < 5000) return;
      told = now;
      process.stderr.write(`${progressLine(done, whole, defects, (now - started) / 1000)}\n`);
    },
  });
  print(reports, (performance.now() - started) / 1000);
  if (reports.some(hasFailed)) process.exitCode = 1;
}

function print(reports: readonly TargetReport[], seconds: number): void {
  const seed = Number(values.seed);
  if (values.json) {
    const content = reports.map(({ target, defects, ...rest }) => ({
      target: target.name,
      ...rest,
      defects: [...defects.values()],
    }));
    console.log(JSON.stringify({ seed, seconds, limits, reports: content }, null, 2));
    return;
  }
  for (const report of reports)
    for (const defect of report.defects.values()) console.log(`${defectText(defect, seed)}\n`);
  console.log(reportTable(reports));
  console.log(`${seconds.toFixed(0)} s, seed ${seed}`);
}

/** In this process: a debugger can be attached, and nothing stops an input that hangs. */
async function one(name: string, number: number): Promise<void> {
  const target = targetNamed(name);
  const input = inputOf(target, Number(values.seed), number);
  console.log(JSON.stringify(writtenInput(input), null, 2));
  const runner = new BatchRunner(target);
  await runner.prepare();
  const outcome = await runner.look(input);
  runner.end();
  console.log(outcome.kind === 'defect' ? `${outcome.signature}\n${outcome.detail}` : outcome.kind);
  process.exitCode = outcome.kind === 'defect' ? 1 : 0;
}
