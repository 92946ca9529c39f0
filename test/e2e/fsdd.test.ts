import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyDirectory, mmx, projectRoot } from '../support/mmx.js';
import { skippedIf } from '../support/skipped.js';

const recordings = join(projectRoot, '..', 'shared', 'data', 'fsdd');
const missing = skippedIf(!existsSync(recordings), 'no ../shared/data/fsdd');

describe('the audio RBM on real speech', () => {
  it.skipIf(missing !== '')(
    `recognises spoken digits of the official test split, at least 90 in 100${missing}`,
    () => {
      const config = join(projectRoot, 'configs/ngiam2011/fsdd.yaml');
      const { status, stdout, stderr } = mmx(
        emptyDirectory('fsdd'),
        ...['evaluate', config, '--data', `fsdd=${recordings}`, '--json'],
      );
      expect(status, stderr).toBe(0);
      const [{ accuracy, synthetic, scores }] = JSON.parse(stdout);
      expect(synthetic).toBe(false);
      expect(scores[0]).toMatchObject({ tested: 300, trained: 2700 });
      expect(accuracy.mean).toBeGreaterThanOrEqual(90);
    },
    900_000,
  );
});
