import { execFileSync } from 'node:child_process';
import { toolVersion } from '../../../src/formats/ffmpeg.js';

/** Movies can be decoded here. */
export const hasFfmpeg = toolVersion('ffmpeg') !== null && toolVersion('ffprobe') !== null;

/** Writes a movie of known content: the grey of frame k is 40 + 2k everywhere, the sound a tone of 400 Hz. */
export function writeMovie(
  file: string,
  {
    frames = 50,
    rate = '25',
    size = '96x64',
    sound = true,
    video = ['-c:v', 'mpeg2video', '-g', '12', '-bf', '2', '-q:v', '2'],
    filter = `geq=lum='40+2*N':cb=128:cr=128`,
  }: {
    frames?: number;
    rate?: string;
    size?: string;
    sound?: boolean;
    video?: readonly string[];
    filter?: string;
  } = {},
): string {
  const [above = '25', below = '1'] = rate.split('/');
  const seconds = (frames * Number(below)) / Number(above);
  const audio = sound
    ? ['-f', 'lavfi', '-i', `sine=frequency=400:sample_rate=48000:duration=${seconds}`, '-c:a', 'mp2']
    : [];
  execFileSync(
    'ffmpeg',
    [
      ...['-y', '-nostdin', '-loglevel', 'error'],
      ...['-f', 'lavfi', '-i', `color=black:size=${size}:rate=${rate},format=yuv420p,${filter}`],
      ...audio.slice(0, 4),
      ...['-frames:v', String(frames), ...video, ...audio.slice(4), file],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return file;
}
