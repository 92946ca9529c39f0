import { ArtifactStore } from '../../pipeline/store/store.js';
import { storeDirectory } from './places.js';

/** The store of this process. */
export const openStore = (): ArtifactStore => new ArtifactStore(storeDirectory());
