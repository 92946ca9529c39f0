import { Command } from 'commander';

export interface DoctorFlags {
  readonly json?: boolean;
}

/** `mmx doctor`: which engines load and how fast they are, what reads recordings, and why the others do not. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('which engines run here and how fast, what recordings need, and what mends the rest')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx doctor\n  $ mmx doctor --json')
    .action(async (flags: DoctorFlags) => {
      const { examineSystem } = await import('./work.js');
      await examineSystem(flags);
    });
}
