import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseStored, readStored } from '../../src/stored-json.js';

const folder = mkdtempSync(join(tmpdir(), 'mmx-stored-json-'));
const kind = { what: 'a thing', code: 'test/damaged', hint: 'Make it again.', limit: 100_000 };
const schema = z.object({ name: z.string(), rows: z.array(z.object({ n: z.number() })) });
const parse = (text: string): unknown => parseStored(text, 'thing.json', schema, kind);

describe('parseStored', () => {
  it('gives what the schema makes of it', () => {
    expect(parse('{"name": "a [{ \\" name", "rows": [{"n": 1}]}')).toEqual({
      name: 'a [{ " name',
      rows: [{ n: 1 }],
    });
  });

  it.each([
    ['{"name": ', 'thing.json is not a thing: it is not valid JSON.'],
    ['[]', 'thing.json is not a thing: expected object, received array.'],
    ['{"name": "a"}', 'thing.json is not a thing: rows is missing.'],
    [
      '{"name": "a", "rows": [{"n": 1}, {"n": "1"}]}',
      'thing.json is not a thing: rows[1].n: expected number, received string.',
    ],
    ['['.repeat(50_000), 'thing.json is not a thing: its values are nested too deeply.'],
  ])('%.20j', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: kind.code, message, hint: 'Make it again.' }),
    );
  });
});

describe('readStored', () => {
  it('says of what is no plain file, or is too large, that it is not the thing', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => readStored(pipe, schema, kind)).toThrow(`${pipe} is not a thing: it is not a plain file.`);
    const large = join(folder, 'large');
    writeFileSync(large, ' '.repeat(100_001));
    expect(() => readStored(large, schema, kind)).toThrow(
      /is not a thing: it is larger than the limit of 100000 bytes/,
    );
  });

  it('leaves it to others to say that there is none', () => {
    expect(() => readStored(join(folder, 'absent'), schema, kind)).toThrow('it does not exist');
  });
});
