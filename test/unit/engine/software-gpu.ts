import { existsSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';

/**
 * A GPU in software, SwiftShader, for tests of the engine `webgpu`: Debian's package `chromium-common` has it
 * in /usr/lib/chromium; `MMX_SWIFTSHADER` names another folder with `libvk_swiftshader.so`,
 * `vk_swiftshader_icd.json` and `libvulkan.so.1`. `MMX_TEST_WEBGPU=1` tests on the machine's own GPU instead.
 */
const folder = process.env.MMX_SWIFTSHADER ?? '/usr/lib/chromium';

/** Held, for koffi unloads what nobody holds. */
const held: unknown[] = [];

/** Why the engine cannot be tested here; undefined when it can, and then this process is set up for it. */
export const webgpuObstacle: string | undefined = prepare();

function prepare(): string | undefined {
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
