import { z } from 'zod';

/**
 * Number types of the schema. Each carries the whole sentence of what it accepts ("must be …"), so that
 * whichever check fails, the reader learns the full range at once.
 */
function ranged(sentence: string): { error: string } {
  return { error: `must be ${sentence}` };
}

export function positiveInteger() {
  const error = ranged('a whole number of at least 1');
  return z.int(error).min(1, error);
}

/** @param most what is beyond any use: a sentence before memory is exhausted */
export function integerUpTo(most: number) {
  const error = ranged(`a whole number from 1 to ${most}`);
  return z.int(error).min(1, error).max(most, error);
}

export function nonNegativeInteger() {
  const error = ranged('a whole number of at least 0');
  return z.int(error).min(0, error);
}

export function integerFrom(least: number) {
  const error = ranged(`a whole number of at least ${least}`);
  return z.int(error).min(least, error);
}

export function positive() {
  const error = ranged('a number above 0');
  return z.number(error).gt(0, error);
}

export function nonNegative() {
  const error = ranged('a number of at least 0');
  return z.number(error).min(0, error);
}

export function numberFrom(least: number, most: number) {
  const error = ranged(`a number from ${least} to ${most}`);
  return z.number(error).min(least, error).max(most, error);
}

/** 0 ≤ x < 1: momentum coefficients. */
export function belowOne() {
  const error = ranged('a number from 0 to below 1');
  return z.number(error).min(0, error).lt(1, error);
}

/** 0 < x < 1: mean activations. */
export function openUnit() {
  const error = ranged('a number between 0 and 1, both excluded');
  return z.number(error).gt(0, error).lt(1, error);
}

export function flag() {
  return z.boolean(ranged('true or false'));
}

export function text() {
  const error = ranged('a non-empty text');
  return z.string(error).min(1, error);
}

/** A modality's name, as in `left`, `audio`: no hyphen, which separates the parts of a setting's name. */
export const modality = z.string().regex(/^[a-z][a-z0-9_]*$/, {
  error: 'is not a valid modality name: use lower-case letters, digits and _, starting with a letter',
});

/** A map by modality. @param most what is beyond any use */
export function byModality<Value extends z.ZodType>(value: Value, most = 20) {
  return z
    .record(modality, value)
    .refine((sections) => Object.keys(sections).length <= most, `must name at most ${most} modalities`);
}
