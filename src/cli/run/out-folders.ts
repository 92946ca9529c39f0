import { MmxError, unended } from '../../errors.js';
import { checkFolder } from '../../pipeline/store/check-folder.js';

/**
 * Finds out before anything is computed whether the folders that the results go to can be written.
 *
 * @throws MmxError `store/*` with exit code 2, saying which cannot and what to do
 */
export function checkOutFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      checkFolder(folder);
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      throw new MmxError(error.code, `${unended(error.message)}. Nothing was computed.`, {
        exitCode: 2,
        hint: 'Name another folder with --out, or make this one writable.',
        cause: error,
      });
    }
  }
}
