// Puts what mmx calls native libraries with into dist/engine/native: koffi, and ONNX Runtime's library for the CPU.
//
//   node native/build.mjs          the library of this platform
//   node native/build.mjs --all    those of all platforms, for the package
//
// Neither package is a dependency of the packed mmx. Both have install scripts: onnxruntime-node's downloads libraries
// for GPUs from outside the npm registry, and npm warns whoever installs mmx of both.
import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Platforms that onnxruntime-node has a library for. */
const libraries = [
  'linux/x64/libonnxruntime.so.1',
  'linux/arm64/libonnxruntime.so.1',
  'darwin/arm64/libonnxruntime.1.dylib',
  'win32/x64/onnxruntime.dll',
  'win32/arm64/onnxruntime.dll',
];

/** What koffi loads; its binaries are in packages of their own, one a platform, which mmx depends on. */
const koffiFiles = ['index.cjs', 'src/koffi/index.cjs', 'src/koffi/src/static.cjs', 'LICENSE.txt'];

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const target = join(root, 'dist', 'engine', 'native');
const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

install();
putRuntime();
putKoffi();

/** Installs onnxruntime-node below this folder, unless the version of package.json is there. */
function install() {
  const wanted = readJson(here, 'package.json').dependencies['onnxruntime-node'];
  if (installedVersion() === wanted) return;
  const words = ['ci', '--prefix', here, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // Inside a command of npm, its options are in the environment: those that would make this one do nothing are taken back.
  words.push('--dry-run=false', '--global=false', '--package-lock-only=false', '--omit=dev');
  const { npm_execpath: npm } = process.env;
  const { status, error } =
    npm === undefined
      ? spawnSync('npm', words, {
          stdio: ['ignore', 'ignore', 'inherit'],
          shell: process.platform === 'win32',
        })
      : spawnSync(process.execPath, [npm, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0 && installedVersion() === wanted) return;
  console.error(
    `onnxruntime-node ${wanted} could not be installed below ${here}${error ? `: ${error.message}` : ''}`,
  );
  process.exit(1);
}

function installedVersion() {
  try {
    return readJson(here, 'node_modules', 'onnxruntime-node', 'package.json').version;
  } catch {
    return undefined;
  }
}

function putRuntime() {
  const { version } = readJson(here, 'node_modules', 'onnxruntime-node', 'package.json');
  const folder = join(target, 'onnxruntime');
  const own = `${process.platform}/${process.arch}/`;
  const wanted = process.argv.includes('--all')
    ? libraries
    : libraries.filter((name) => name.startsWith(own));
  for (const name of wanted)
    put(join(here, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', name), join(folder, name));
  put(join(here, 'LICENSE-onnxruntime.txt'), join(folder, 'LICENSE.txt'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'version.json'), `${JSON.stringify({ version })}\n`);
}

function putKoffi() {
  const folder = join(target, 'koffi');
  const source = join(root, 'node_modules', 'koffi');
  const { name, version, license, homepage } = readJson(source, 'package.json');
  for (const file of koffiFiles) put(join(source, file), join(folder, file));
  const manifest = { name, version, license, homepage, type: 'module', main: './index.cjs' };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** A link where the file system has them: the libraries are large. */
function put(source, file) {
  const from = statSync(source);
  const present = statSync(file, { throwIfNoEntry: false });
  if (present?.ino === from.ino && present.dev === from.dev) return;
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  try {
    linkSync(source, file);
  } catch {
    copyFileSync(source, file);
  }
}
