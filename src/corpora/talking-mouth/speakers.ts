import { gaussians } from '../../engine/noise.js';
import { type Articulation, shapeOf } from './articulation.js';
import type { Difficulty } from './difficulty.js';
import { type Draws, drawsOf } from './draws.js';
import { type Face, grainSize } from './face.js';
import type { Voice } from './flite.js';
import { type MouthShape, type VisemeName, visemes } from './visemes.js';

/** How one speaker sounds, and the room they are recorded in. */
export interface VoiceQuality {
  readonly voice: Voice;
  /** Length of the vocal tract as a factor of the voice's own: the formants go down as it grows. */
  readonly tract: number;
  /** Mean pitch, Hz. */
  readonly pitch: number;
  /** Factor of durations. */
  readonly tempo: number;
  /** Coefficient of the one-zero filter that tilts the spectrum; positive takes from the low end. */
  readonly tilt: number;
  /** Root mean square of the speech. */
  readonly level: number;
  /** dB. */
  readonly snr: number;
  /** Pole of the low-pass filter that colours the room's noise. */
  readonly noiseColour: number;
  /** Echoes after the direct sound: seconds and strength. */
  readonly echoes: readonly { readonly delay: number; readonly gain: number }[];
}

export interface Speaker {
  readonly id: string;
  readonly sound: VoiceQuality;
  readonly face: Face;
  readonly articulation: Articulation;
}

/** Mean pitch, Hz, of the voices as recorded; `slt` is a woman. */
const ownPitch: Readonly<Record<Voice, number>> = { kal16: 105, rms: 95, awb: 130, slt: 175 };

/** The speaker of that name: a function of seed and name alone, so a smaller corpus has the same people. */
export function speakerNamed(seed: number, id: string, { video, audio }: Difficulty): Speaker {
  const draws = drawsOf(seed, `speaker/${id}`);
  return {
    id,
    sound: drawSound(draws, audio),
    face: drawFace(draws, video.faces),
    articulation: {
      habit: deviations(draws, 'habit', video.habit),
      contrast: video.contrast * draws.between('contrast', 0.85, 1.15),
      spread: video.coarticulation * draws.between('coarticulation', 0.85, 1.15),
      lead: draws.between('lead', 0.08, 0.12),
    },
  };
}

/**
 * Random shifts of every viseme's targets. A bilabial remains one: lips that do not meet say something else. Mouths
 * at rest differ less than what they say.
 */
export function deviations(
  draws: Draws,
  name: string,
  deviation: number,
): Readonly<Record<VisemeName, MouthShape>> {
  const names = Object.keys(visemes) as VisemeName[];
  return Object.fromEntries(
    names.map((viseme) => [
      viseme,
      shapeOf((key) =>
        visemes[viseme].dominance[key] >= 9
          ? 0
          : draws.normal(`${name}/${viseme}/${key}`, viseme === 'rest' ? 0.4 * deviation : deviation),
      ),
    ]),
  ) as Record<VisemeName, MouthShape>;
}

function drawSound(draws: Draws, audio: Difficulty['audio']): VoiceQuality {
  const voice = draws.pick<Voice>('voice', ['kal16', 'rms', 'awb', 'slt']);
  const reflections = [0, 1, 2, 3, 4, 5];
  return {
    voice,
    tract: draws.between('tract', ...audio.tract),
    pitch: ownPitch[voice] * Math.exp(draws.normal('pitch', 0.15)),
    tempo: Math.exp(draws.normal('tempo', audio.tempo)),
    tilt: draws.between('tilt', -0.3, 0.3),
    level: draws.between('level', 0.05, 0.12),
    snr: draws.between('snr', ...audio.snr),
    noiseColour: draws.between('noise-colour', 0.5, 0.9),
    echoes: reflections.map((index) => ({
      delay: draws.between(`echo-${index}/delay`, 0.004 + 0.006 * index, 0.01 + 0.006 * index),
      gain: audio.room * draws.normal(`echo-${index}/gain`, 0.8 ** index),
    })),
  };
}

function drawFace(draws: Draws, variation: number): Face {
  const vary = (name: string, middle: number, deviation: number): number =>
    middle + variation * deviation * Math.max(-2, Math.min(2, draws.normal(name, 1)));
  const skin = vary('skin', 150, 22);
  const bearded = draws.between('bearded', 0, 1) < 0.3;
  return {
    halfWidth: vary('half-width', 25, 1.7),
    upperLip: vary('upper-lip', 5.6, 0.9),
    lowerLip: vary('lower-lip', 7.6, 1.1),
    cupidsBow: Math.max(0, vary('cupids-bow', 1.2, 0.5)),
    cornerDrop: vary('corner-drop', 0.2, 0.9),
    maximalOpening: vary('maximal-opening', 20, 2),
    skin,
    lips: skin * vary('lips', 0.7, 0.06),
    teeth: Math.min(225, skin * 1.05 + vary('teeth', 45, 10)),
    tooth: vary('tooth', 4.4, 0.3),
    tongue: skin * vary('tongue', 0.6, 0.05),
    cavity: vary('cavity', 28, 6),
    grain: Math.max(0.3, vary('grain', 1, 0.3)),
    stubble: bearded ? draws.between('stubble', 0.5, 1.3) : 0,
    folds: Math.max(0, vary('folds', 0.8, 0.4)),
    lightX: vary('light-x', 0, 0.6),
    lightY: vary('light-y', 0.8, 0.25),
    gloss: Math.max(0, vary('gloss', 0.6, 0.4)),
    texture: grainOf(draws),
  };
}

/** White noise and some of a coarser one: pores and blotches. */
function grainOf(draws: Draws): Float32Array {
  const count = grainSize * grainSize;
  const fine = gaussians(draws.key('texture/fine'), count);
  const coarse = gaussians(draws.key('texture/coarse'), count);
  const texture = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const row = Math.floor(i / grainSize);
    const column = i % grainSize;
    let sum = 0;
    for (let dy = 0; dy < 3; dy++) {
      for (let dx = 0; dx < 3; dx++) {
        sum += coarse[((row + dy) % grainSize) * grainSize + ((column + dx) % grainSize)] ?? 0;
      }
    }
    texture[i] = 0.9 * (fine[i] ?? 0) + 0.44 * (sum / 3);
  }
  return texture;
}
