import { expandCorpus } from './extends.js';
import { mostLevels, mostOverrides, ValueCount } from './limits.js';
import type { Problems } from './problems.js';
import { parseYaml } from './read-yaml.js';
import { type ConfigNode, type MapNode, mergeMaps, type Source } from './tree.js';

/**
 * Overrides of the command line, `key.path=value` with a YAML value, as one map to lay over a document; a
 * later one wins. `key=null` removes. Undefined when there are none, or none that can be read.
 */
export function parseOverrides(overrides: readonly string[], problems: Problems): MapNode | undefined {
  if (overrides.length > mostOverrides) {
    const sentence = `there are ${overrides.length} overrides; at most ${mostOverrides} are allowed: write the others in a config file`;
    problems.addFatal('config/too-large', undefined, sentence);
    return undefined;
  }
  const values = new ValueCount();
  const maps = overrides.flatMap((text) => parseOverride(text, values, problems) ?? []);
  const [first, ...others] = maps;
  return first && others.reduce(mergeMaps, first);
}

function parseOverride(text: string, values: ValueCount, problems: Problems): MapNode | undefined {
  const source: Source = { kind: 'override', name: text, text };
  const whole = { source, start: 0, end: text.length };
  const equals = text.indexOf('=');
  if (equals < 0) {
    problems.addFatal('config/override', whole, 'an override is written key.path=value');
    return undefined;
  }
  const path = { source, start: 0, end: Math.max(1, equals) };
  const keys = text.slice(0, equals).split('.');
  if (keys.some((key) => key.trim() === '' || key === '__proto__')) {
    const sentence = 'the part before `=` must be keys separated by single dots, as in rbm.left.hidden=512';
    problems.addFatal('config/override', path, sentence);
    return undefined;
  }
  if (keys.length > mostLevels) {
    problems.addFatal('config/too-large', path, `there are more than ${mostLevels} keys before \`=\``);
    return undefined;
  }
  const value = text.slice(equals + 1).trim() === '' ? null : parseYaml(source, equals + 1, values, problems);
  if (value === null) {
    // A comment alone is no value either.
    const at = { source, start: equals, end: equals + 1 };
    problems.addFatal('config/override', at, 'there is no value after `=`; write null to remove the key');
    return undefined;
  }
  return value && expandCorpus(nest(keys, value, source));
}

function nest(keys: readonly string[], value: ConfigNode, source: Source): MapNode {
  let node = value;
  let end = keys.join('.').length;
  for (const key of [...keys].reverse()) {
    const start = end - key.length;
    const entry = { key: { source, start, end }, node };
    node = {
      kind: 'map',
      entries: new Map([[key, entry]]),
      at: { source, start: 0, end: source.text.length },
    };
    end = start - 1;
  }
  return node as MapNode;
}
