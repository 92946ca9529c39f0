/** Entry of the processes that run stages; forked by the scheduler, never started by hand. */
import { useEngine } from '../../engine/registry.js';
import { engineOfIdentity } from '../../engine/types.js';
import { stageImplementations } from '../stages/index.js';
import { serveStages } from './worker-loop.js';

// The parent resolved the name before it hashed it into the identity of every stage.
serveStages(stageImplementations, (identity, options) => {
  const { name, tf32 } = engineOfIdentity(identity);
  return useEngine(name, { ...options, tf32 });
});
