import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLibrary } from '../../../src/engine/ort/api.js';
import { packageRoot } from '../../../src/package-root.js';

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(packageRoot(), ...path), 'utf8'));

/** Scripts that npm runs, or warns of, where a package is installed. */
const installScripts = ['preinstall', 'install', 'postinstall', 'prepare'];

describe('the package', () => {
  const manifest = readJson('package.json');

  it('has no script that npm runs or warns of where it is installed', () => {
    expect(Object.keys(manifest.scripts).filter((name) => installScripts.includes(name))).toEqual([]);
  });

  it('depends on no package that has one', () => {
    const { packages } = readJson('package-lock.json') as {
      packages: Record<
        string,
        { hasInstallScript?: boolean; dev?: boolean; devOptional?: boolean; peer?: boolean }
      >;
    };
    const scripted = Object.entries(packages).filter(([, one]) => one.hasInstallScript === true);
    expect(scripted.filter(([, { dev, devOptional, peer }]) => !dev && !devOptional && !peer)).toEqual([]);
  });

  it('has a binary of koffi for each platform that ONNX Runtime has a library for', () => {
    const platforms = Object.keys(manifest.optionalDependencies).map((name) =>
      name.replace('@koromix/koffi-', ''),
    );
    expect(platforms.sort()).toEqual([
      'darwin-arm64',
      'linux-arm64',
      'linux-x64',
      'win32-arm64',
      'win32-x64',
    ]);
    for (const version of Object.values(manifest.optionalDependencies))
      expect(version).toBe(manifest.devDependencies.koffi);
    const build = readFileSync(join(packageRoot(), 'native/build.mjs'), 'utf8');
    for (const platform of platforms) expect(build).toContain(`'${platform.replace('-', '/')}/`);
  });

  it.runIf(process.platform === 'linux')(
    'holds the library of this platform, of the version asked for',
    () => {
      const { path, version } = findLibrary();
      expect(existsSync(path)).toBe(true);
      expect(version).toBe(readJson('native', 'package.json').dependencies['onnxruntime-node']);
    },
  );
});
