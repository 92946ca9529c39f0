import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { processStart, temporaryName, writerIsDead } from '../../../../src/pipeline/store/temporary.js';
import { until } from '../../../support/until.js';

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const nameOf = (pid: number, start = ''): string => `x.${host}-${pid}-${start}00000000.tmp`;

it('a writer lives as long as its process', () => {
  expect(writerIsDead(temporaryName('x'))).toBe(false);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  expect(writerIsDead(nameOf(pid))).toBe(true);
});

it.skipIf(process.platform !== 'linux')('another process with its id is not the writer', () => {
  expect(writerIsDead(nameOf(process.pid, '0123456789ab-'))).toBe(true);
  expect(writerIsDead(nameOf(process.pid, `${processStart(process.pid)}-`))).toBe(false);
});

it.skipIf(process.platform !== 'linux')(
  'a writer that was killed is dead though nobody has asked for its exit code: in many containers nobody does',
  async () => {
    // The shell is replaced by a program that does not know of the child it has inherited.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    parent.stdout.on('data', (bytes) => {
      output += bytes;
    });
    await until('the id', () => output.includes('\n'));
    const pid = Number(output);
    const start = processStart(pid);
    const stateOf = () => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '')[0];
    await until('sleep', () => stateOf() === 'S');
    expect(writerIsDead(nameOf(pid, `${start}-`))).toBe(false);
    process.kill(pid, 'SIGKILL');
    await until('its death', () => stateOf() === 'Z');
    expect(writerIsDead(nameOf(pid, `${start}-`))).toBe(true);
    expect(writerIsDead(nameOf(pid))).toBe(true);
    parent.kill('SIGKILL');
  },
);
