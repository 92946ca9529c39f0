import { inspectTools } from '../../../corpora/tools.js';
import { inspectEngines } from '../../../engine/registry.js';
import { describeEnvironment } from '../../../pipeline/runs/environment.js';
import { print, printJson } from '../../output.js';
import { placeLines } from '../../project/lines.js';
import { places } from '../../project/places.js';
import type { DoctorFlags } from './command.js';

/** The work of `mmx doctor`. */
export async function examineSystem(flags: DoctorFlags): Promise<void> {
  const environment = describeEnvironment();
  const engines = await inspectEngines({});
  const tools = inspectTools();
  if (flags.json) {
    const { file = null, results, store, data } = places();
    printJson({ environment, engines, tools, project: { file, results, store, data } });
    return;
  }
  const { mmx, node, platform, cpu, cores, memoryBytes } = environment;
  print(
    `mmx ${mmx}, node ${node}, ${platform}, ${cores} cores (${cpu}), ${(memoryBytes / 2 ** 30).toFixed(0)} GiB`,
  );
  print('');
  for (const engine of engines) {
    printReport(engine);
    if (!engine.usable) continue;
    const { gflops, stepMilliseconds } = engine;
    print(
      `  ${''.padEnd(14)} ${gflops.toFixed(gflops < 10 ? 1 : 0)} GFLOP/s, ${Number(stepMilliseconds.toPrecision(2))} ms per CD-1 step (100 × 400 → 1000)`,
    );
  }
  const first = engines.find((engine) => engine.usable && engine.byNameOnly !== true);
  print('', `engine auto takes: ${first?.name ?? 'none'}`);
  print('', 'for recordings of your own, and corpora of them:');
  tools.forEach(printReport);
  print('', ...placeLines());
}

type Report =
  | {
      readonly name: string;
      readonly usable: true;
      readonly description: string;
      readonly loadedFrom: readonly string[];
    }
  | {
      readonly name: string;
      readonly usable: false;
      readonly reason: string;
      readonly remedy?: string | undefined;
    };

function printReport(report: Report): void {
  const said = report.usable ? report.description : report.reason;
  print(`${report.usable ? '✓' : '✗'} ${report.name.padEnd(14)} ${said}`);
  if (report.usable) {
    for (const path of report.loadedFrom) print(`  ${''.padEnd(14)} from ${path}`);
  } else if (report.remedy !== undefined) print(`  ${''.padEnd(14)} → ${report.remedy}`);
}
