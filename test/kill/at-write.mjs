/**
 * Loaded into mmx and its workers with `node --import`: kills their whole process group within the n-th step of writing
 * certain files. A step is the opening, writing, syncing or renaming of a file; of what is written when the kill comes,
 * half is on the disk.
 *
 * MMX_KILL_FILES: regular expression for paths. MMX_KILL_STEPS: `rename`, where no other steps count. MMX_KILL_AT: the step, counted in each process; none when absent.
 * MMX_KILL_COUNTS: a file to which each process that ends by itself adds how many steps it took.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const files = new RegExp(process.env.MMX_KILL_FILES ?? '$^');
const renamesAlone = process.env.MMX_KILL_STEPS === 'rename';
const last = Number(process.env.MMX_KILL_AT ?? 0);
const paths = new Map();
let steps = 0;

/** @param before what is done of the step when the kill comes */
function step(what, path, before = () => {}) {
  if (typeof path !== 'string' || !files.test(path) || (renamesAlone && what !== 'rename')) return;
  steps += 1;
  if (steps !== last) return;
  before();
  process.kill(0, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const { appendFileSync, closeSync, fsyncSync, openSync, renameSync, writeFileSync, writeSync } = fs;

fs.openSync = (path, flags, ...more) => {
  const writes = typeof flags === 'string' && /[wa+]/.test(flags);
  if (writes) step('open', path);
  const file = openSync(path, flags, ...more);
  if (writes) paths.set(file, path);
  return file;
};
fs.closeSync = (file) => {
  paths.delete(file);
  closeSync(file);
};
fs.writeSync = (file, bytes, offset = 0, length = bytes.byteLength - offset, ...more) => {
  step('write', paths.get(file), () => writeSync(file, bytes, offset, length >> 1, ...more));
  return writeSync(file, bytes, offset, length, ...more);
};
fs.fsyncSync = (file) => {
  step('sync', paths.get(file));
  fsyncSync(file);
};
fs.renameSync = (from, to) => {
  step('rename', to);
  renameSync(from, to);
};
fs.writeFileSync = (path, content, ...more) => {
  step('write', path, () => writeFileSync(path, content.slice(0, content.length >> 1), ...more));
  writeFileSync(path, content, ...more);
};
syncBuiltinESMExports();

process.on('exit', () => {
  const counts = process.env.MMX_KILL_COUNTS;
  if (counts !== undefined) appendFileSync(counts, `${steps}\n`);
});
