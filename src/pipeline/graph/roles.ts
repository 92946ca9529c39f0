import type { Artifact } from './stage.js';

/** Names under which the stages of an experiment find their inputs. */

/** Frames of one of the pooled corpora. */
export const frameRole = (index: number): string => `frames_${index}`;

/** Frames of the test part: one role a draw of the noise, the first where there is none. */
export const testRole = (index: number): string => `test_${index}`;

/** Rows of a modality of a listed corpus: of its training part, and of what is tested. */
export const rowsRole = (modality: string): string => `rows_${modality}`;
export const testedRowsRole = (modality: string): string => `tested_${modality}`;

/** Role of the RBM whose features are put beside those of the architecture. */
export const besideRole = (modality: string): string => `beside_${modality}`;

/** Name of the RBM on top of a modality's first one. */
export const aboveOf = (modality: string): string => `${modality}_above`;

/** Other layers than those of modalities, and inputs of stages. */
const otherRoles: readonly string[] = ['joint', 'shallow', 'autoencoder', 'cca', 'train', 'test'];
const rolesOfMany = /^(?:frames|test|rows|tested|beside|candidate)_|_above$/;

/** Whether a name means something else than a modality among the layers of an experiment and the inputs of its stages. */
export const isRole = (name: string): boolean => otherRoles.includes(name) || rolesOfMany.test(name);

/** @throws Error when the stage was not given it: a defect of the plan */
export function inputOf(inputs: Readonly<Record<string, Artifact>>, role: string): Artifact {
  const artifact = inputs[role];
  if (!artifact) throw new Error(`stage input ${role} is missing`);
  return artifact;
}
