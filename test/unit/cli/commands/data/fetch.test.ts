import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { showFiles } from '../../../../../src/cli/commands/data/fetch/progress.js';
import { claimFolder } from '../../../../../src/cli/commands/data/fetch/storage.js';
import { checkDisk, diskNeeds } from '../../../../../src/cli/commands/data/fetch/summary.js';
import type { PlannedFile } from '../../../../../src/corpora/downloads/plan.js';
import type { RunEvent } from '../../../../../src/pipeline/run/events.js';
import { createProgress } from '../../../../../src/report/progress/progress.js';
import { errorOf } from '../../../../support/errors.js';
import { fileAt } from '../../../corpora/downloads/downloads.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'mmx-claim-'));
const zip = (name: string, bytes: number | undefined): PlannedFile =>
  fileAt(`https://a.test/${name}`, { name, bytes, unpack: { into: '.' } });
const plain = (name: string, bytes: number): PlannedFile => fileAt(`https://a.test/${name}`, { name, bytes });

describe('a folder that is fetched into', () => {
  it('is one process’s at a time', () => {
    const place = folder();
    const release = claimFolder(place);
    expect(errorOf(() => claimFolder(place))).toMatchObject({ code: 'fetch/busy', exitCode: 1 });
    release();
    claimFolder(place)();
    expect(readdirSync(place)).toEqual([]);
  });

  it('is freed of what a process that was killed has left', () => {
    const place = folder();
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    // No process has this number: it is beyond what systems give.
    for (const name of ['fetching', 's1.zip'])
      writeFileSync(join(place, `${name}.${host}-99999999-01234567.tmp`), '');
    writeFileSync(join(place, 's1.zip.part'), 'kept');
    claimFolder(place)();
    expect(readdirSync(place)).toEqual(['s1.zip.part']);
  });
});

describe('the disk', () => {
  it('holds an archive at a time beside all that is unpacked, or every one', () => {
    const files = [zip('a', 100), zip('b', 30), plain('c', 7), zip('d', undefined)];
    expect(diskNeeds(files, false, tmpdir())).toMatchObject({ needed: 237, unknown: 1 });
    expect(diskNeeds(files, true, tmpdir()).needed).toBe(267);
    expect(diskNeeds([], false, tmpdir()).needed).toBe(0);
  });

  it('must have room', () => {
    const needs = diskNeeds([zip('a', 1e18)], false, tmpdir());
    const error = errorOf(() => checkDisk(needs, 'data/grid'));
    expect(error).toMatchObject({ code: 'fetch/no-space', exitCode: 1 });
    expect(error.message).toMatch(/^data\/grid needs about 2000000\.0 TB, and .* are free there$/);
    expect(() => checkDisk({ ...needs, free: undefined }, 'data/grid')).not.toThrow();
  });
});

describe('the progress', () => {
  it('says bytes, rate and time left, a megabyte a unit', () => {
    let written = '';
    const stream = new Writable({
      write(text: Buffer, _, done) {
        written += String(text);
        done();
      },
    });
    let seconds = 0;
    const show = createProgress({
      mode: 'lines',
      stream,
      noun: 'file',
      unit: 'MB',
      colour: false,
      now: () => seconds,
    });
    const events: RunEvent[] = [];
    const { observer, end } = showFiles(
      (event) => {
        events.push(event);
        show(event);
      },
      [zip('s1.zip', 40e6), zip('s2.zip', 60e6)],
    );
    observer.started('s1.zip', 40e6);
    observer.progress('s1.zip', 0);
    seconds = 20;
    const [last] = events.slice(-1);
    if (last?.type === 'stage-progress') show({ ...last, progress: { ...last.progress, done: 20 } });
    observer.again('s1.zip', 'the connection was lost', 1.2);
    observer.kept('s1.zip', ['s1/a.mpg', 's1/b.mpg']);
    observer.ended('s1.zip', 20);
    end();
    expect(written).toContain('2 files to run');
    expect(written).toMatch(/^ +s1\.zip {2}50 % {2}1\.00 MB\/s {2}0 bytes of 40\.0 MB {2}about 20 s left$/m);
    expect(written).toContain('warning  s1.zip: the connection was lost; again in 2 s');
    expect(written).toContain(
      'warning  s1.zip: s1/a.mpg and 1 more was there with another content, which is kept',
    );
    expect(written).toMatch(/^done {5}s1\.zip {2}20 s {2}\[1\/2, about 30 s left\]$/m);
  });
});
