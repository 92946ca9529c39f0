// Child of threads.test.ts: prints a digest of products and of a few training steps computed by the given engine
// with the given number of threads (one number a process).
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [engine, threads] = process.argv.slice(2);
const path = fileURLToPath(new URL('./thread-bits.ts', import.meta.url));
const { module } = await runnerImport(path, { logLevel: 'silent' });
const hash = createHash('sha256');
for (const values of await module.computeWith(engine, Number(threads))) {
  hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
process.stdout.write(hash.digest('hex'));
