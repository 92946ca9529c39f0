import { MmxError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';
import type { ArchitectureFamily } from '../../models/architectures.js';
import type { Artifact } from '../graph/stage.js';
import { matrixOf } from '../store/read-artifact.js';
import { inputOf } from './artifacts.js';

/** @throws MmxError `report/figure-4` for an architecture that has no first layers below a joint one */
export function requireJointLayer(family: ArchitectureFamily): void {
  if (family === 'bimodal-dbn' || family === 'bimodal-deep-autoencoder') return;
  throw new MmxError(
    'report/figure-4',
    'figure 4 is drawn of a bimodal-dbn or a bimodal-deep-autoencoder: others have no layer that joins two',
    { exitCode: 2 },
  );
}

/**
 * First layers and joint layer of a deep bimodal model of sound and pictures.
 *
 * @throws MmxError `report/figure-4` for an architecture without them
 */
export function firstLayersAndJoint(
  family: ArchitectureFamily,
  pieces: Readonly<Record<string, Artifact>>,
): { audio: { weights: Matrix }; video: { weights: Matrix }; joint: Matrix } {
  requireJointLayer(family);
  if (family === 'bimodal-dbn') {
    const layer = (role: string): Matrix => matrixOf(inputOf(pieces, role), 'weights');
    return { audio: { weights: layer('audio') }, video: { weights: layer('video') }, joint: layer('joint') };
  }
  const autoencoder = inputOf(pieces, 'autoencoder');
  return {
    audio: { weights: matrixOf(autoencoder, 'encoder.audio.weights') },
    video: { weights: matrixOf(autoencoder, 'encoder.video.weights') },
    joint: matrixOf(autoencoder, 'joint.weights'),
  };
}
