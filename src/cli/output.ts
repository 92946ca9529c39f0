import { join } from 'node:path';

/** Everything mmx writes by default lies under here, in the working directory. */
export const resultsDirectory = 'results';
export const runsDirectory = (): string => join(resultsDirectory, 'runs');
export const logDirectory = (): string => join(runsDirectory(), 'logs');

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** For people, beside the results: never part of what a command prints. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
