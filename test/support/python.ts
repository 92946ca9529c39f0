import { spawnSync } from 'node:child_process';

/** A python with numpy: `MMX_PYTHON`, else `python3`; undefined where there is none. */
export function pythonWithNumpy(): string | undefined {
  return [process.env.MMX_PYTHON, 'python3'].find(
    (python) => python !== undefined && spawnSync(python, ['-c', 'import numpy']).status === 0,
  );
}

/** What a script prints, as JSON. */
export function runPython(python: string, script: string, ...args: string[]): unknown {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
