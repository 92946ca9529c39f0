/** Entry of the processes that run stages; forked by the scheduler, never started by hand. */
import { useEngine } from '../engine/registry.js';
import type { EngineName } from '../engine/types.js';
import { serveStages } from './serve.js';
import { stageImplementations } from './stages/index.js';

// The parent resolved the name before it hashed it into the identity of every stage.
serveStages(stageImplementations, (name, options) => useEngine(name as EngineName, options));
