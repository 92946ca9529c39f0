import { describe, expect, it } from 'vitest';
import { limitError, processLimits, reachedLimit, startRefusal } from '../../src/process-limits.js';

const systemError = (code: string, message: string = code): Error =>
  Object.assign(new Error(message), { code });

const caught = (body: () => unknown): unknown => {
  try {
    return body();
  } catch (error) {
    return error;
  }
};

describe('a limit of the system', () => {
  it.runIf(process.platform === 'linux')('is read from the process itself', () => {
    expect(processLimits().n).toBeGreaterThan(0);
  });

  it('too low to start with is refused by name', () => {
    expect(startRefusal({ n: 64 })).toBe(
      'this process may have 64 files open (ulimit -n), but mmx needs 192',
    );
    expect(startRefusal({ n: 256 })).toBeUndefined();
    expect(startRefusal({})).toBeUndefined();
  });

  it.each([
    ['open files', systemError('EMFILE'), { n: 256 }, /as many files open as it may, 256 \(ulimit -n\)/],
    ['open files of the system', systemError('ENFILE'), {}, /the whole system/],
    ['processes', systemError('EAGAIN', 'spawn /usr/bin/node EAGAIN'), {}, /ulimit -u/],
    ['the size of a file', systemError('EFBIG'), {}, /ulimit -f/],
    ['memory, as the system says it', systemError('ENOMEM'), {}, /memory ran out: .* free/],
    ['addresses', systemError('ENOMEM'), { v: 2e9 }, /may use 2\.00 GB of address space \(ulimit -v\)$/],
  ])('on %s is recognised', (_, error, limits, reason) => {
    expect(reachedLimit(error, limits)).toEqual({
      reason: expect.stringMatching(reason),
      hint: expect.stringMatching(/./),
    });
  });

  it('is recognised in what JavaScript and WebAssembly throw', () => {
    const array = caught(() => new ArrayBuffer(2 ** 52));
    const memory = caught(() => {
      const made = new WebAssembly.Memory({ initial: 1, maximum: 2 });
      return made.grow(5);
    });
    expect([reachedLimit(array), reachedLimit(memory)]).toEqual([
      { reason: expect.stringContaining('memory ran out'), hint: expect.any(String) },
      { reason: expect.stringContaining('memory ran out'), hint: expect.any(String) },
    ]);
    expect(limitError(array, 'Stage "x"')).toMatchObject({
      code: 'system/limit',
      message: expect.stringMatching(/^Stage "x" failed: memory ran out.*\.$/),
    });
  });

  it('is not seen in other errors', () => {
    const others = [
      new Error('out of memory'),
      new RangeError('Invalid array length'),
      systemError('EAGAIN'),
      'x',
    ];
    expect(others.map((error) => reachedLimit(error))).toEqual([undefined, undefined, undefined, undefined]);
  });
});
