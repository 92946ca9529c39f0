import { ffmpegRemedy, toolVersion } from '../formats/ffmpeg.js';
import { findProgram } from '../programs.js';
import { type DetectorFiles, detectorRemedy, findDetector } from './mouths/packages.js';

/** Something that mmx does without until recordings need it. */
export type ToolReport =
  | {
      readonly name: ToolName;
      readonly usable: true;
      readonly description: string;
      readonly loadedFrom: readonly string[];
    }
  | { readonly name: ToolName; readonly usable: false; readonly reason: string; readonly remedy: string };

export type ToolName = 'ffmpeg' | 'mouth detector';

/**
 * What reading recordings takes beyond mmx itself, and whether it is installed. Nothing heavy is started.
 *
 * @param find looks for the packages of the mouth detector
 */
export function inspectTools(
  find: () => DetectorFiles | { readonly missing: string } = findDetector,
): readonly ToolReport[] {
  return [inspectFfmpeg(), inspectDetector(find())];
}

function inspectFfmpeg(): ToolReport {
  const [version, probing] = (['ffmpeg', 'ffprobe'] as const).map(toolVersion);
  if (version && probing) {
    const loadedFrom = [findProgram('ffmpeg') ?? 'ffmpeg'];
    return { name: 'ffmpeg', usable: true, description: `${version}: reads movies`, loadedFrom };
  }
  return {
    name: 'ffmpeg',
    usable: false,
    reason: `${version ? 'ffprobe, which is part of ffmpeg, is' : 'it is'} not installed; corpora of movies need it`,
    remedy: ffmpegRemedy,
  };
}

function inspectDetector(found: DetectorFiles | { readonly missing: string }): ToolReport {
  const name = 'mouth detector';
  if (!('missing' in found)) {
    const description = `${found.name}: finds mouths (mmx data prepare)`;
    return { name, usable: true, description, loadedFrom: [found.build] };
  }
  return {
    name,
    usable: false,
    reason: `${found.missing} is not installed; mmx data prepare needs it`,
    remedy: `run: ${detectorRemedy}`,
  };
}
