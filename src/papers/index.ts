import { ngiam2011 } from './ngiam2011/index.js';
import type { Paper } from './paper.js';

/** Every paper that mmx reproduces. */
export const papers: readonly Paper[] = [ngiam2011];
