import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Path of an installed program, as a shell finds it, but only in folders that PATH names from the root: an empty or
 * relative element stands for the working directory, where anybody may have put a program.
 *
 * @returns undefined when there is none
 */
export function findProgram(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return absoluteElements(environment.PATH)
    .map((folder) => join(folder, file))
    .find(isProgram);
}

/** The folders of a list such as PATH that do not depend on the working directory. */
export function absoluteElements(list: string | undefined): readonly string[] {
  return (list ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
