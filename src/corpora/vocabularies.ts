/** Classes that several corpora share. */

/** The spoken digits, at the place of their value. */
export const digitNames: readonly string[] = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
];

/** The letters of the alphabet, from A to Z. */
export const letterNames: readonly string[] = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
