import { vi } from 'vitest';
import { main } from '../../src/cli/main.js';

export interface Printed {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as the binary runs it, in this process, with what it prints caught. */
export async function commandLine(...args: string[]): Promise<Printed> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = undefined;
  const listeners = process.stdout.listeners('error');
  try {
    await main(['node', 'mmx', ...args]);
    return { status: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = before;
    // main() listens for a closed pipe, once in the life of a real process.
    for (const added of process.stdout.listeners('error')) {
      if (!listeners.includes(added)) process.stdout.off('error', added as () => void);
    }
    for (const spy of spies) spy.mockRestore();
  }
}
