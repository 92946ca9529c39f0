export { framesToWhiten } from './frame-counts.js';
export { type FittedFrontEnd, fitFrontEnd, type NoiseOptions, placeClip, prepareClip } from './front-end.js';
export { type HtkMfccOptions, htkMfccColumns, mfccOfClip } from './htk-mfcc.js';
export { audioDimensions, defaultFrontEnd, type FrontEndOptions, videoDimensions } from './options.js';
export type { ClipTracks, FeatureTrack, FrameSeries, FrameTrack, Waveform } from './tracks.js';
export { unwhiten, type Whitening, whiten } from './whitening.js';
export type { PlacedTrack, PlacedWindows, Windows } from './windows.js';
