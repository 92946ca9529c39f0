import { Command } from 'commander';
import { describeEnvironment } from '../pipeline/environment.js';
import { print, printJson } from './output.js';

/** `mmx doctor`: which engines load, how fast they are, and why the others do not. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('which engines run here and how fast, and what mends the others')
    .option('--json', 'print JSON')
    .action(async (flags: { json?: boolean }) => {
      const { inspectEngines } = await import('../engine/registry.js');
      const environment = describeEnvironment();
      const engines = await inspectEngines({});
      if (flags.json) {
        printJson({ environment, engines });
        return;
      }
      const { mmx, node, platform, cpu, cores, memoryBytes } = environment;
      print(
        `mmx ${mmx}, node ${node}, ${platform}, ${cores} cores (${cpu}), ${(memoryBytes / 2 ** 30).toFixed(0)} GiB`,
      );
      print('');
      for (const engine of engines) {
        if (engine.usable) {
          const { name, description, gflops, stepMilliseconds } = engine;
          print(`✓ ${name.padEnd(14)} ${description}`);
          print(
            `  ${''.padEnd(14)} ${gflops.toFixed(gflops < 10 ? 1 : 0)} GFLOP/s, ${stepMilliseconds.toPrecision(2)} ms a CD-1 step (100 × 400 → 1000)`,
          );
        } else {
          print(`✗ ${engine.name.padEnd(14)} ${engine.reason}`);
          if (engine.remedy !== undefined) print(`  ${''.padEnd(14)} → ${engine.remedy}`);
        }
      }
      const first = engines.find(({ usable }) => usable);
      print(`\nengine auto takes: ${first?.name ?? 'none'}`);
    });
}
