import { z } from 'zod';
import type { Json } from '../json.js';
import { layerShape } from './layer-schema.js';
import { sweepSection } from './sweep-schema.js';
import { tableShape } from './table-schema.js';

type JsonObject = { [key: string]: Json };

const extendsSchema: Json = {
  description:
    'Files that this file extends, relative to it: maps are merged, lists are replaced, null removes a key',
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
};

/** What the schema says of architectures and modalities, which this folder does not know. */
export interface SchemaOfKinds {
  /** Patterns and names that the key `architecture` may have. */
  readonly names: readonly string[];
  /** Of architectures that bring options: their schema, by family. */
  readonly options: Readonly<Record<string, z.ZodType>>;
  /** Options of the kinds of modalities, by kind. */
  readonly modalities: Readonly<Record<string, z.ZodType>>;
}

/**
 * JSON Schema (draft 2020-12) of config files for editors. A file may be an experiment, a table, a sweep or a part that
 * others extend, so no key is required at the top; `mmx config check` knows what is missing.
 */
export function jsonSchema(kinds: SchemaOfKinds): Json {
  const shape = { ...z.strictObject({ sweep: sweepSection, ...tableShape, ...layerShape }).partial().shape };
  const generated = z.toJSONSchema(z.strictObject(shape), { io: 'input' }) as unknown as JsonObject;
  const { $schema, ...root } = removable(generated) as JsonObject;
  const properties = root.properties as JsonObject;
  for (const key of ['rows', 'columns']) extendable(itemsOf(properties[key] as JsonObject));
  const options = Object.entries(kinds.options).map(([family, schema]): [string, Json] => [
    family,
    schemaOf(schema),
  ]);
  const modalities = Object.entries(kinds.modalities).map(([kind, schema]): [string, Json] => [
    `modality-${kind}`,
    withKind(kind, schemaOf(schema)),
  ]);
  const references = options.map(([family]): [string, Json] => [family, { $ref: `#/$defs/${family}` }]);
  describeArchitectures(root, {
    names: [...kinds.names],
    properties: Object.fromEntries(references),
    modalities: modalities.map(([name]) => ({ $ref: `#/$defs/${name}` })),
  });
  const definitions = {
    ...(root.$defs as JsonObject | undefined),
    ...Object.fromEntries([...options, ...modalities]),
  };
  return {
    $schema: $schema as Json,
    title: 'mmx config',
    ...root,
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
    properties: { extends: extendsSchema, ...properties },
  };
}

/** The options of a kind as they are written. */
function schemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _, ...own } = removable(
    z.toJSONSchema(schema, { io: 'input' }) as unknown as Json,
  ) as JsonObject;
  return own;
}

/** Beside its options a modality of the user's own says its kind; those of a corpus have one. */
function withKind(kind: string, schema: JsonObject): JsonObject {
  const { required: _, properties, ...rest } = schema;
  return {
    ...rest,
    properties: { kind: { description: 'Kind of the modality', const: kind }, ...(properties as JsonObject) },
  };
}

/** Adds the names and the options wherever the keys `architecture`, `models` and `inputs` stand. */
function describeArchitectures(
  schema: Json,
  known: { readonly names: Json[]; readonly properties: JsonObject; readonly modalities: Json[] },
): void {
  if (schema === null || typeof schema !== 'object') return;
  if (Array.isArray(schema)) {
    for (const item of schema) describeArchitectures(item, known);
    return;
  }
  const { architecture, models, inputs } = ((schema as JsonObject).properties ?? {}) as Record<
    string,
    JsonObject | undefined
  >;
  if (architecture?.pattern !== undefined) architecture.examples = known.names;
  if (models?.additionalProperties !== undefined) models.properties = known.properties;
  if (inputs?.additionalProperties !== undefined) inputs.additionalProperties = { anyOf: known.modalities };
  for (const member of Object.values(schema)) describeArchitectures(member, known);
}

/** The item schema of a list, which may stand beside a null. */
function itemsOf(list: JsonObject): JsonObject {
  return list.items as JsonObject;
}

function extendable(item: JsonObject): void {
  item.properties = { extends: extendsSchema, ...(item.properties as JsonObject) };
}

/** Lets every optional key also be null, which removes what an extended file set. */
function removable(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map((item) => removable(item));
  if (schema === null || typeof schema !== 'object') return schema;
  const source = schema as JsonObject;
  const required = (source.required ?? []) as readonly string[];
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(source)) {
    if (key === '$defs') {
      const definitions = Object.entries(member as JsonObject);
      result[key] = Object.fromEntries(
        definitions.map(([name, definition]) => [name, removable(definition)]),
      );
    } else if (key === 'properties') {
      const properties = Object.entries(member as JsonObject);
      result[key] = Object.fromEntries(
        properties.map(([name, property]) => [name, nullable(removable(property), !required.includes(name))]),
      );
    } else if (key === 'additionalProperties' && typeof member === 'object') {
      result[key] = nullable(removable(member), true);
    } else if (key === 'items' || key === 'anyOf' || key === 'oneOf') {
      result[key] = removable(member);
    } else if (key !== 'maximum' || member !== Number.MAX_SAFE_INTEGER) {
      result[key] = member;
    }
  }
  return result;
}

function nullable(schema: Json, optional: boolean): Json {
  if (!optional) return schema;
  const source = schema as JsonObject;
  if (Array.isArray(source.anyOf)) return { ...source, anyOf: [...source.anyOf, { type: 'null' }] };
  if (typeof source.$ref === 'string') {
    const { $ref, ...rest } = source;
    return { ...rest, anyOf: [{ $ref }, { type: 'null' }] };
  }
  const result: JsonObject = { ...source };
  if (typeof source.type === 'string') result.type = [source.type, 'null'];
  if (Array.isArray(source.enum)) result.enum = [...source.enum, null];
  return result;
}
