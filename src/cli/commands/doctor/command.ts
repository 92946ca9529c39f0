import { Command } from 'commander';

export interface DoctorFlags {
  readonly json?: boolean;
}

/** `mmx doctor`: which engines load and how fast they are, what reads recordings, and why the others do not. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'show which engines work on this machine and how fast, which programs are installed, and how to get the others',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  $ mmx doctor\n  $ mmx doctor --json')
    .action(async (flags: DoctorFlags) => {
      const { examineSystem } = await import('./work.js');
      await examineSystem(flags);
    });
}
