import { InvalidArgumentError, Option } from 'commander';
import { usualResults, usualStore } from '../project/places.js';

/** `--store DIR` of every command that reads or writes artifacts; `project/open.ts` settles what it means. */
export function storeOption(): Option {
  return new Option(
    '--store <dir>',
    `folder of stored artifacts (default: store of mmx.yaml, or ${usualStore(usualResults)})`,
  ).argParser((text) => {
    if (text === '') throw new InvalidArgumentError('It must be a folder.');
    return text;
  });
}
