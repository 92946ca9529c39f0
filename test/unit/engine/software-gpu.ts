import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import koffi from 'koffi';

/**
 * A GPU in software, SwiftShader, for tests of the engine `webgpu`: Debian's package `chromium-common` has it
 * in /usr/lib/chromium; `MMX_SWIFTSHADER` names another folder with `libvk_swiftshader.so`,
 * `vk_swiftshader_icd.json` and `libvulkan.so.1`. `MMX_TEST_WEBGPU=1` tests on the machine's own GPU instead.
 */
const folder = process.env.MMX_SWIFTSHADER ?? '/usr/lib/chromium';

const packages = ['webgpu', '@tensorflow/tfjs-backend-webgpu'];

/** Held, for koffi unloads what nobody holds. */
const held: unknown[] = [];

/** Why the engine cannot be tested here; undefined when it can, and then this process is set up for it. */
export const webgpuObstacle: string | undefined = prepare();

function prepare(): string | undefined {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length > 0) return `needs npm install --no-save ${missing.join(' ')}`;
  if (process.env.MMX_TEST_WEBGPU === '1') return undefined;
  const [driver, loader] = ['vk_swiftshader_icd.json', 'libvulkan.so.1'].map((name) => join(folder, name));
  if (!driver || !loader || !existsSync(driver) || !existsSync(loader)) {
    return `needs SwiftShader in ${folder} (Debian: chromium-common) or a GPU (MMX_TEST_WEBGPU=1)`;
  }
  // Dawn asks for the loader by its name alone, which finds a copy that is already loaded.
  held.push(koffi.load(loader, { global: true, lazy: true }));
  process.env.VK_ICD_FILENAMES = driver;
  process.env.MMX_WEBGPU_SOFTWARE = '1';
  return undefined;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}
