const anotherFrontEnd = 'computed with another front end, and kept';

/** References that are not compared with what the code would compute, and why: the only place that says so. */
const reasons: Readonly<Record<string, string>> = {
  'avletters-table1a': `${anotherFrontEnd} as the first on recorded lips`,
  'ngiam2011-amd-epyc': `${anotherFrontEnd} to compare two kinds of processor`,
  'ngiam2011-intel-xeon': `${anotherFrontEnd} to compare two kinds of processor`,
  'ngiam2011-smoke': 'claims alone, without a manifest; continuous integration computes them anew',
  bench: 'times and memory of one machine',
};

export const keptNames: readonly string[] = Object.keys(reasons);

/** Why a reference is not compared; undefined where it is. */
export const reasonOf = (name: string): string | undefined =>
  Object.hasOwn(reasons, name) ? reasons[name] : undefined;
