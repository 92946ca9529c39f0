import { z } from 'zod';
import type { Json } from '../json.js';

/** One of the options of a schema, for people. */
export interface OptionFacts {
  readonly name: string;
  /** Absent where it must be given. */
  readonly default?: Json;
  readonly description: string;
}

/** The options of a schema of options, in its order. @param over defaults that take the place of its own, by name */
export function optionList(
  schema: z.ZodType,
  over: Readonly<Record<string, unknown>> = {},
): readonly OptionFacts[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as {
    readonly properties?: Readonly<
      Record<string, { readonly description?: string; readonly default?: Json }>
    >;
  };
  return Object.entries(properties).map(([name, { description = '', default: own }]) => {
    const value = Object.hasOwn(over, name) ? (over[name] as Json) : own;
    return { name, ...(value === undefined ? {} : { default: value }), description };
  });
}
