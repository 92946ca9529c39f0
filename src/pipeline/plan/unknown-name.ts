import { brief } from '../../config/index.js';
import { nearest } from '../../edit-distance.js';

/** A name that is not known, in a sentence with the one that was likely meant and all that are known. */
export function unknownName(what: string, name: string, known: readonly string[], where = ''): string {
  const suggestion = nearest(name, known);
  const mean = suggestion === undefined ? '.' : `; did you mean '${suggestion}'?`;
  return `there is no ${what} '${brief(name)}'${where}${mean} Known: ${known.join(', ')}`;
}
