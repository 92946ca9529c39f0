import { MmxError } from '../../errors.js';
import type { HeardSound } from '../data/heard-sound.js';

/**
 * Refuses a corpus whose sound does not fit that of the evaluated one: vectors of another length, or another time apart,
 * make no windows of one size.
 *
 * @throws MmxError `corpora/other-sound`
 */
export function refuseOtherSound(name: string, heard: HeardSound, own: string, ownSound: HeardSound): void {
  if (heard.kind === 'waveform' || ownSound.kind === 'waveform') return;
  const { columns, period } = ownSound;
  if (heard.columns === columns && Math.abs(heard.period - period) < 1e-6) return;
  const said = (sound: typeof ownSound): string =>
    `${sound.columns} values every ${milliseconds(sound.period)} ms`;
  throw new MmxError(
    'corpora/other-sound',
    `the sound of ${name}${heard.isMade ? ' (MFCC of its waveforms)' : ''} has ${said(heard)}, but that of ${own} has ${said(ownSound)}: all corpora of a pool must have the same kind of sound`,
    { exitCode: 2, hint: heard.isMade ? mfccHint(columns, period) : `remove ${name} from \`unlabelled\`` },
  );
}

/** MFCC, their energy and the deltas of both are an even number of values. */
const mfccHint = (columns: number, period: number): string =>
  columns % 2 === 0 && columns >= 4
    ? `front_end.features.mfcc: {cepstra: ${columns / 2 - 1}, period_ms: ${milliseconds(period)}} makes the same number as often`
    : 'front_end.features.waveforms: none takes its pictures alone';

const milliseconds = (seconds: number): number => Number((1000 * seconds).toPrecision(6));
