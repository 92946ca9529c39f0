import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { MmxError } from '../../../src/errors.js';

const folder = join(import.meta.dirname, '../../golden/formats');

/** A file written by independent software; test/golden/formats/generate.py says which. */
export const goldenFile = (name: string): string => join(folder, name);
export const goldenBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(goldenFile(name)));

const expected = JSON.parse(readFileSync(goldenFile('expected.json'), 'utf8')) as Record<string, unknown>;

/** What the generator put into it. */
export function goldenContent<T>(name: string): T {
  const content = expected[name];
  if (content === undefined) throw new Error(`test/golden/formats/expected.json has no ${name}`);
  return content as T;
}

/** Checks that `read` fails with one sentence that names the file and holds `part`, and gives back the error. */
export function expectSentence(read: () => unknown, file: string, part: string | RegExp): MmxError {
  let thrown: unknown;
  try {
    read();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(MmxError);
  const error = thrown as MmxError;
  expect(error.message).toContain(file);
  expect(error.message).toMatch(part instanceof RegExp ? part : literal(part));
  expect(error.message).not.toContain('\n');
  return error;
}

const literal = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

/** `bytes` with what `edit` changes, in a copy. */
export function edited(bytes: Uint8Array, edit: (view: DataView) => void): Uint8Array {
  const copy = new Uint8Array(bytes);
  edit(new DataView(copy.buffer));
  return copy;
}
