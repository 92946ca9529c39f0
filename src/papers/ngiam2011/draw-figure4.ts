import type { ArchitectureKind } from '../../architectures/index.js';
import { MmxError } from '../../errors.js';
import { frontEndOptions, openSource } from '../../pipeline/data/clips.js';
import { frontEndOf } from '../../pipeline/data/front-end.js';
import { stageHash } from '../../pipeline/graph/identity.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import { frontEndSpec } from '../../pipeline/inspect/tested-rows.js';
import type { PreparedExperiments, PreparedRun } from '../../pipeline/plan/prepare.js';
import type { ArtifactStore } from '../../pipeline/store/store.js';
import type { Drawing } from '../paper.js';
import { type AudioVisualWeights, deepUnits } from './deep-units.js';
import { paintFigure4 } from './paint-figure4.js';

/** Deep units drawn, and first-layer features summed for each: the paper shows about as many. */
const choice = { units: 8, strongest: 10 };

/** Throws MmxError `report/figure-4` when there is nothing to draw of an experiment. */
export const drawing: Drawing = { targets, draw };

function targets({ experiments: [one] }: PreparedExperiments): readonly StageSpec[] {
  if (!one?.resolved.clips) throw notOverTime();
  firstLayersOf(one.resolved.architecture.kind);
  if (one.resolved.clips.sound !== 'waveform') {
    throw new MmxError(
      'report/figure-4',
      `figure 4 shows spectrograms, but ${one.resolved.corpus.name} has no waveforms to compute them from`,
      { exitCode: 2 },
    );
  }
  return Object.values(one.runs[0]?.stages.pieces ?? {});
}

/** @throws MmxError `report/figure-4` for an architecture that has no first layers below a joint one */
function firstLayersOf({ firstLayers }: ArchitectureKind): NonNullable<ArchitectureKind['firstLayers']> {
  if (firstLayers) return firstLayers;
  throw new MmxError(
    'report/figure-4',
    'figure 4 needs a bimodal-dbn or a bimodal-deep-autoencoder: other architectures have no layer that joins two modalities',
    { exitCode: 2 },
  );
}

function notOverTime(): MmxError {
  return new MmxError('report/figure-4', 'figure 4 needs a model of sound and pictures over time', {
    exitCode: 2,
    hint: 'figures of other models: --kind reconstructions or --kind embedding',
  });
}

async function draw(prepared: PreparedRun, store: ArtifactStore): Promise<Uint8Array> {
  const [one] = prepared.experiments;
  const pieces = one?.runs[0]?.stages.pieces;
  if (!one || !pieces || !one.resolved.clips) throw notOverTime();
  const load = (spec: StageSpec) => store.load(stageHash(spec, prepared.identity));
  const artifacts = Object.fromEntries(Object.entries(pieces).map(([role, spec]) => [role, load(spec)]));
  const frontEnd = frontEndSpec(Object.values(pieces));
  const weights: AudioVisualWeights = firstLayersOf(one.resolved.architecture.kind)(artifacts);
  const figure = deepUnits(
    weights,
    frontEndOf(load(frontEnd)),
    frontEndOptions(one.config.value.front_end),
    pictureSize(prepared),
    choice,
  );
  return paintFigure4(figure);
}

function pictureSize({ experiments: [one], local }: PreparedExperiments): { height: number; width: number } {
  const source = one?.resolved.clips?.labelled.source;
  if (!source) throw notOverTime();
  const video = openSource(source, null, local).train[0]?.load().video;
  if (!video) throw new MmxError('report/figure-4', `the clips of ${source.name} have no pictures`);
  return { height: video.height, width: video.width };
}
