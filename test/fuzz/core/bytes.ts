import type { Random } from './random.js';

const sizes = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** A place near the beginning, where headers are, three times out of four. */
function place(bytes: Uint8Array, random: Random): number {
  return random.below(random.chance(0.75) ? Math.min(bytes.length, 128) : bytes.length);
}

type ByteMutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Each changes `bytes` in place or gives others; `bytes` has at least four. */
const mutations: readonly ByteMutation[] = [
  function flipBits(bytes, random) {
    for (let count = random.between(1, 8); count > 0; count--) {
      const at = place(bytes, random);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
  function replaceBytes(bytes, random) {
    for (let count = random.between(1, 4); count > 0; count--) {
      bytes[place(bytes, random)] = random.below(256);
    }
    return bytes;
  },
  function editSizes(bytes, random) {
    const width = random.pick([2, 4, 4, 4, 8].filter((one) => one <= bytes.length));
    const aligned = place(bytes, random) & ~(random.chance(0.7) ? width - 1 : 0);
    const at = Math.min(bytes.length - width, aligned);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const value = random.chance(0.6) ? random.pick(sizes) : random.below(2 ** 32);
    const littleEndian = random.chance(0.5);
    if (width === 8)
      view.setBigUint64(at, BigInt(value) * (random.chance(0.5) ? 1n : 0x10001n), littleEndian);
    else if (width === 4) view.setUint32(at, value, littleEndian);
    else view.setUint16(at, value & 0xffff, littleEndian);
    return bytes;
  },
  function editDigits(bytes, random) {
    const digits = [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57);
    if (digits.length === 0) return bytes;
    for (let count = random.between(1, 3); count > 0; count--) {
      bytes[random.pick(digits)] = random.chance(0.9) ? 48 + random.below(10) : 45;
    }
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length));
  },
  function swapWords(bytes, random) {
    const size = random.pick([2, 4]);
    const end = random.chance(0.5) ? bytes.length : random.between(4, 43);
    for (let at = 0; at + size <= Math.min(end, bytes.length); at += size) {
      bytes.subarray(at, at + size).reverse();
    }
    return bytes;
  },
  function splice(bytes, random, other) {
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(other.length)),
    ]);
  },
  function duplicate(bytes, random) {
    const from = random.below(bytes.length);
    return Buffer.concat([bytes, bytes.subarray(from, from + random.below(200))]);
  },
  function insert(bytes, random) {
    const at = place(bytes, random);
    const filling = random.chance(0.5)
      ? random.bytes(random.between(1, 16))
      : new Uint8Array(random.pick([1, 4, 64, 4096]));
    return Buffer.concat([bytes.subarray(0, at), filling, bytes.subarray(at)]);
  },
  function remove(bytes, random) {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.between(1, 16))]);
  },
  function fill(bytes, random) {
    const at = place(bytes, random);
    // Not the method of Buffer, which refuses an end beyond its own.
    Uint8Array.prototype.fill.call(bytes, random.pick([0, 0xff, 0x7f, 0x20]), at, at + random.between(1, 32));
    return bytes;
  },
];

/**
 * A file damaged once to three times, sometimes with a part of another; rarely random bytes after its beginning. A copy.
 */
export function damagedBytes(start: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  if (random.chance(0.04)) {
    return Buffer.concat([start.subarray(0, random.below(9)), random.bytes(random.below(300))]);
  }
  let bytes: Uint8Array = new Uint8Array(start);
  for (let count = random.between(1, 3); count > 0 && bytes.length >= 4; count--) {
    bytes = random.pick(mutations)(bytes, random, random.pick(others));
  }
  return bytes;
}

/** A copy at an odd address now and then: views on it would not be aligned. */
export function oddlyPlaced(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.8)) return new Uint8Array(bytes);
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  return shifted;
}
