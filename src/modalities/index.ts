import { audio } from './audio.js';
import { features } from './features.js';
import { image } from './image.js';
import type { ModalityKind } from './modality.js';
import { text } from './text.js';
import { video } from './video.js';

/** Every kind of modality that examples may have. */
export const modalityKinds: readonly ModalityKind[] = [audio, video, image, text, features];
