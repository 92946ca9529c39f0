import { workerData } from 'node:worker_threads';
import { Job } from './job.js';
import type { ThreadSetup } from './kernel-threads.js';
import { instantiate, kernelList } from './kernels.js';

/** A thread that takes part in the jobs of the kernels until the process ends. */
const { module, memory, job } = workerData as ThreadSetup;
new Job(memory, job).serve(kernelList(instantiate(module, memory)));
