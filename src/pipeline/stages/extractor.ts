import {
  autoencoderExtractor,
  ccaExtractor,
  dbnExtractor,
  type FeatureExtractor,
  type RbmStack,
  rawExtractor,
  rbmExtractor,
  shallowBimodalExtractor,
  sideBySide,
  stackedExtractor,
  toUnitLength,
} from '../../models/feature-extractors.js';
import type { Rbm } from '../../models/rbm.js';
import { aboveOf, besideRole } from '../graph/roles.js';
import type { Artifact } from '../graph/stage.js';
import { autoencoderOf, ccaOf, inputOf, rbmOf } from './artifacts.js';
import type { ScoreParameters } from './parameters.js';

/** The trained pieces of an architecture, put together; `dispose` frees their tensors. */
export interface LoadedExtractor {
  readonly extract: FeatureExtractor;
  dispose(): void;
}

/** What of the parameters of a score says how features are made. */
type ExtractorParameters = Pick<ScoreParameters, 'modalities' | 'features' | 'weighting'> & {
  readonly architecture: Pick<ScoreParameters['architecture'], 'family'>;
};

export function extractorOf(
  { architecture, modalities, features, weighting }: ExtractorParameters,
  inputs: Readonly<Record<string, Artifact>>,
): LoadedExtractor {
  const owned: { dispose(): void }[] = [];
  const own = <T extends { dispose(): void }>(model: T): T => {
    owned.push(model);
    return model;
  };
  const names = modalities.map(({ modality }) => modality);
  const rbms = (): Map<string, Rbm> =>
    new Map(names.filter((name) => name in inputs).map((name) => [name, own(rbmOf(inputOf(inputs, name)))]));
  const cca = (lower: FeatureExtractor): FeatureExtractor => {
    const [a = '', b = ''] = names;
    return ccaExtractor(ccaOf(inputOf(inputs, 'cca')), { [a]: 'x', [b]: 'y' }, lower, weighting);
  };
  const extract = (): FeatureExtractor => {
    switch (architecture.family) {
      case 'preprocessed':
        return rawExtractor(names);
      case 'rbm':
        return rbmExtractor(rbms(), features.unimodal);
      case 'shallow-bimodal-rbm':
        return shallowBimodalExtractor(own(rbmOf(inputOf(inputs, 'shallow'))), modalities, features.joint);
      case 'bimodal-dbn':
        return dbnExtractor(rbms(), own(rbmOf(inputOf(inputs, 'joint'))), features.joint, features.absent);
      case 'single-input-deep-autoencoder':
      case 'single-input-shallow-autoencoder':
      case 'bimodal-deep-autoencoder':
        return autoencoderExtractor(own(autoencoderOf(inputOf(inputs, 'autoencoder'))), features.joint);
      case 'raw-cca':
        return cca(rawExtractor(names));
      case 'rbm-cca':
        return cca(rbmExtractor(rbms(), features.unimodal));
      case 'stacked-rbm-cca':
        return cca(stackedExtractor(stacksOf(names, inputs, own)));
    }
  };
  const beside = features.beside.map((modality) =>
    rbmExtractor(new Map([[modality, own(rbmOf(inputOf(inputs, besideRole(modality))))]]), features.unimodal),
  );
  const bare = sideBySide([extract(), ...beside]);
  return {
    extract: features.normalise === 'l2' ? (present) => toUnitLength(bare(present)) : bare,
    dispose: () => {
      for (const model of owned) model.dispose();
    },
  };
}

/** The two layers of each modality. @param own keeps a model until the extractor is disposed */
export function stacksOf(
  modalities: readonly string[],
  inputs: Readonly<Record<string, Artifact>>,
  own: (rbm: Rbm) => Rbm,
): ReadonlyMap<string, RbmStack> {
  const load = (role: string): Rbm => own(rbmOf(inputOf(inputs, role)));
  return new Map(
    modalities.map((modality) => [modality, { first: load(modality), above: load(aboveOf(modality)) }]),
  );
}
